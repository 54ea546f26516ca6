// Package browser opens pages in a real Chromium, for tests.
//
//	b := browser.Open(t)
//	b.Run(t, chromedp.Navigate(url), chromedp.WaitVisible("#strip li"))
//
// A browser is closed at the end of its test. A missing Chromium fails the test: make
// test installs it. chromedp drives it, since it needs no driver and no Node.
package browser
