package seal

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

const (
	// compressFrom is the size in bytes from which compressing pays.
	compressFrom = 256
	// zstdFrom is the size in bytes from which zstd compresses, and S2 below. A message of the usual size
	// takes half as much room again with S2, and a third of the time, for which Ocean waits. What is larger
	// is mostly documents in base64, which only zstd makes smaller.
	zstdFrom = 64 << 10
	// maxSpare bounds the room that is kept for compressing, in bytes.
	maxSpare = 64 << 10
)

// compression makes values smaller before they are sealed. It is safe for concurrent use.
type compression struct {
	enc   *zstd.Encoder
	dec   *zstd.Decoder
	spare sync.Pool // of *[]byte, to compress into
}

func (c *compression) start() (err error) {
	c.spare.New = func() any { return new([]byte) }
	c.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false)) // what is sealed needs no checksum
	if err != nil {
		return fmt.Errorf("start compressor: %w", err)
	}
	c.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxOpened), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return fmt.Errorf("start decompressor: %w", err)
	}
	return nil
}

// compress compresses a value into room, or into more where that is not enough.
func (c *compression) compress(value, room []byte) (form byte, small []byte) {
	if len(value) < zstdFrom {
		room = slices.Grow(room, s2.MaxEncodedLen(len(value)))
		return formS2, s2.Encode(room[:cap(room)], value)
	}
	return formZstd, c.enc.EncodeAll(value, slices.Grow(room, len(value)/2)) // else it would grow in many steps
}

// decompress gives a value back that [compression.compress] took. It fails for a form of a later version.
func (c *compression) decompress(form byte, small []byte) ([]byte, error) {
	switch form {
	case formZstd:
		return c.dec.DecodeAll(small, nil)
	case formS2:
		if n, err := s2.DecodedLen(small); err != nil || n > zstdFrom {
			return nil, ErrSealed
		}
		return s2.Decode(nil, small)
	}
	return nil, ErrSealed
}

// keep leaves the room that a compressed value took to the next one, unless it was a large one's.
func (c *compression) keep(spare *[]byte, used []byte) {
	if cap(used) <= maxSpare {
		*spare = used
	}
	c.spare.Put(spare)
}
