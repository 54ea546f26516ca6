package config

import "fmt"

// Choose returns the cameras with these names, or all cameras where there are no names.
func (c *Config) Choose(names []string) ([]Camera, error) {
	if len(names) == 0 {
		return c.Cameras, nil
	}
	var out []Camera
	for _, name := range names {
		found := false
		for _, camera := range c.Cameras {
			if camera.Name == name {
				out, found = append(out, camera), true
			}
		}
		if !found {
			return nil, fmt.Errorf("choose camera %q: the configuration has no camera of that name", name)
		}
	}
	return out, nil
}
