package s3

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// metaText is the text of a metadata value as it is stored: UTF-8, or Latin-1 where it cannot be that, with the encoded words of RFC 2047
// decoded. Words that are no text stay as they were sent.
func metaText(value string) string {
	if !utf8.ValidString(value) {
		text := make([]rune, len(value))
		for i := range len(value) {
			text[i] = rune(value[i])
		}
		value = string(text)
	}
	if !strings.Contains(value, "=?") {
		return value
	}
	text, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return value
	}
	return text
}

// metaHeader is a stored metadata value as a header carries it: what is not US-ASCII as encoded words, in B where that is most of it, else in Q.
func metaHeader(text string) string {
	other := 0
	for i := range text {
		if text[i] >= utf8.RuneSelf {
			other++
		}
	}
	if 2*other >= utf8.RuneCountInString(text) {
		return strings.ReplaceAll(mime.BEncoding.Encode("UTF-8", text), "=?UTF-8?b?", "=?UTF-8?B?")
	}
	return strings.ReplaceAll(mime.QEncoding.Encode("UTF-8", text), "=?UTF-8?q?", "=?UTF-8?Q?")
}
