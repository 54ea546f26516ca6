package capture

import "testing"

func TestPolicies(t *testing.T) {
	for text, fps := range map[string]float64{"newest": 0, "every": 0, "trigger": 0, "fps:5": 5, "fps:0.5": 0.5, "fps:240": 240} {
		if p, err := ParsePolicy(text); err != nil || string(p) != text || p.FPS() != fps {
			t.Errorf("%s: %q with %v frames/s, %v; want err == nil, string(p) == text, p.FPS() == fps", text, p, p.FPS(), err)
		}
	}
	for text, want := range map[string]string{
		"oldest":  `must be one of newest, every, fps:N, trigger (got "oldest")`,
		"":        `must be one of newest, every, fps:N, trigger (got "")`,
		"fps":     `must be one of newest, every, fps:N, trigger (got "fps")`,
		"fps:":    `the N of fps:N must be a number from 0.01 to 240, such as fps:5 (got "fps:")`,
		"fps:0":   `the N of fps:N must be a number from 0.01 to 240, such as fps:5 (got "fps:0")`,
		"fps:NaN": `the N of fps:N must be a number from 0.01 to 240, such as fps:5 (got "fps:NaN")`,
		"fps:241": `the N of fps:N must be a number from 0.01 to 240, such as fps:5 (got "fps:241")`,
	} {
		if _, err := ParsePolicy(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add("fps:5")
	f.Add("newest")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePolicy(text)
		if (p == "") == (err == nil) {
			t.Fatal("a policy or an error, not both")
		}
		if fps := p.FPS(); fps != 0 && !(fps >= LeastFPS && fps <= MostFPS) {
			t.Fatal(fps)
		}
	})
}
