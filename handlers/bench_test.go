package handlers

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// BenchmarkReceive measures the receiving path, from the key to the commit on disk, with so many
// senders at a time. Anything but 200 fails it.
func BenchmarkReceive(b *testing.B) {
	for _, senders := range []int{1, 8, 64} {
		b.Run(strconv.Itoa(senders)+" senders", func(b *testing.B) {
			s := newSite(b)
			sample := oceantest.Bundle(oceantest.Message{Ref: "REFERRAL", HeaderID: "MESSAGE", Questions: manyQuestions(120)})
			b.SetBytes(int64(len(sample)))
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range senders {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						body := bytes.ReplaceAll(bytes.ReplaceAll(sample, []byte("REFERRAL"), fmt.Appendf(nil, "ref-%d", i)), []byte("MESSAGE"), fmt.Appendf(nil, "msg-%d", i))
						w := httptest.NewRecorder()
						s.handler.ServeHTTP(w, s.bundleRequest(bytes.NewReader(body)))
						if w.Code != 200 {
							b.Errorf("status %d: %s", w.Code, w.Body)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func manyQuestions(n int) (list [][2]string) {
	for i := range n {
		list = append(list, [2]string{fmt.Sprintf("Question %d about the <i>history</i>", i), fmt.Sprintf("Answer %d: no red flags, symptoms since spring.", i)})
	}
	return list
}
