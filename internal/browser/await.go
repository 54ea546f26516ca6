package browser

import "github.com/chromedp/cdproto/runtime"

func awaiting(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
