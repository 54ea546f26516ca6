package outbox

// Space returns how many bytes the disk with the store has left, and how many
// of them stay free: below that, events are removed, then refused. It waits for
// no write.
func (s *Store) Space() (free, reserve int64) { return s.free(), s.options.ReserveBytes }
