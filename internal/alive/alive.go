package alive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// limit is how long an answer may take: longer than the agent gives itself.
const limit = 5 * time.Second

// ErrNotAlive is returned within an error where the agent says that it does not work.
var ErrNotAlive = errors.New("the agent does not work")

// Ask returns an error where the agent does not answer, or says that it does not work.
func Ask(ctx context.Context, page string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(page, "/")+"/livez", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the agent: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<12))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: %s: %s", ErrNotAlive, response.Status, strings.TrimSpace(string(text)))
	}
	return err
}
