// Package scored says what a prompt set makes of a picture: for people, in tables of
// 80 columns, and as JSON.
//
// A Result is one line of it; an Explanation adds the texts and references that led
// to the score. What they point to belongs to the bank.
package scored
