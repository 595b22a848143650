package views

// HealthText is how the connection with Ocean does.
type HealthText struct{}

// StepsText is Settings > Referral > Set up.
type StepsText struct{}

// SelfTestText is Settings > Referral > Self-test.
type SelfTestText struct{}

// MissedText is how to repair a gap.
type MissedText struct{}
