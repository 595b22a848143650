package store_test

import (
	"errors"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestTheClinicSaysWhatIsOverdue(t *testing.T) {
	s, _, _ := at(t)
	wants := func(days int) {
		t.Helper()
		if c, err := s.ClinicSettings(ctx); err != nil || c.OverdueDays != days {
			t.Errorf("%d days, want %d, %v", c.OverdueDays, days, err)
		}
	}
	wants(14)
	before := status(t, s).AuditEntries
	for _, days := range []int{0, -1, 91, 1 << 40} {
		var wrong *store.FieldError
		if err := s.SaveClinicSettings(ctx, storetest.Admin, store.ClinicSettings{OverdueDays: days, IdleMinutes: 15}); !errors.As(err, &wrong) || wrong.Reason != store.ReasonOverdueDays {
			t.Errorf("%d days: %v", days, err)
		}
	}
	other := storetest.AddUser(t, s, "other@clinic.example", store.ReferralSettings, store.ManageReferrals)
	if err := s.SaveClinicSettings(ctx, store.UserActor(other, ""), store.ClinicSettings{OverdueDays: 7, IdleMinutes: 15}); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without the permission: %v", err)
	}
	wants(14)
	for _, days := range []int{1, 90, 90} {
		if err := s.SaveClinicSettings(ctx, storetest.Admin, store.ClinicSettings{OverdueDays: days, IdleMinutes: 15}); err != nil {
			t.Fatal(err)
		}
		wants(days)
	}
	details := auditDetails(t, s, before+2) // after the person who was added
	want := []string{`clinic.settings_changed {"overdue_days":{"from":"14","to":"1"}}`, `clinic.settings_changed {"overdue_days":{"from":"1","to":"90"}}`}
	if len(details) != 2 || details[0] != want[0] || details[1] != want[1] {
		t.Errorf("audited %q", details)
	}
}
