package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Service is a service that some referral asked for.
type Service struct {
	Key  string // names it in addresses, where the name itself must not stand
	Name string
}

// maxServices bounds what a filter offers; their names are text from outside.
const maxServices = 500

// Services lists the services that were asked for, by name.
func (s *Store) Services(ctx context.Context) ([]Service, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT key, name FROM services LIMIT ?`, maxServices)
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	defer rows.Close()
	var list []Service
	for rows.Next() {
		var key, sealed []byte
		if err := rows.Scan(&key, &sealed); err != nil {
			return nil, fmt.Errorf("list services: %w", err)
		}
		name, err := s.keys.Open(servicePlace(key), sealed)
		if err != nil {
			return nil, fmt.Errorf("service %x: %w", key, err)
		}
		list = append(list, Service{hex.EncodeToString(key), string(name)})
	}
	slices.SortFunc(list, func(a, b Service) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	return list, rows.Err()
}
