package fleet

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pristine/events"
)

// Has returns an error that names what is there, where the hub's stream shows that a
// station, or a camera of it, is not. Where the stream cannot say so, as before a
// station's first heartbeat, Has returns nil.
func Has(ctx context.Context, h events.Hub, s events.Station, camera string) error {
	members, err := List(ctx, h, time.Now())
	if err != nil || len(members) == 0 {
		return nil // whoever needs the stream reports what it lacks
	}
	i := slices.IndexFunc(members, func(m Member) bool { return m.Station == s.Token() })
	if i < 0 {
		names := make([]string, len(members))
		for k, m := range members {
			names[k] = m.Station
		}
		return fmt.Errorf("no agent %s has spoken at this hub: there are %s", s.Token(), strings.Join(names, ", "))
	}
	agent := members[i].Agent
	if agent == nil || len(agent.PromptSets) == 0 {
		return nil
	}
	if _, has := agent.PromptSets[camera]; !has {
		return fmt.Errorf("%s has no camera %s: it has %s", s.Token(), camera, strings.Join(slices.Sorted(maps.Keys(agent.PromptSets)), ", "))
	}
	return nil
}
