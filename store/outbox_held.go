package store

// held reports whether an update waits for a person because the sender cancelled the referral before
// it was sent. Part of it may have reached Ocean all the same.
func (o Sent) held() bool { return o.State == OutRefused && o.Fault == FaultCancelled }

// hold leaves to a person what waits to be sent of a referral that its sender has just cancelled: who
// told it did not know. What is told, or sent all the same, after that goes its way. Was is where
// the referral stood before.
func (t *tx) hold(ocean, was Folder, own []Sent) error {
	if ocean != FolderCancelled || was == FolderCancelled {
		return nil
	}
	for i := range own {
		o := &own[i]
		if o.State != OutWaiting {
			continue
		}
		if err := t.exec(`UPDATE outbox SET state = 'refused', fault = 'cancelled', failed_at = ? WHERE id = ?`, t.now, o.ID); err != nil {
			return err
		}
		if err := t.countMoved(OutWaiting, OutRefused); err != nil {
			return err
		}
		o.State, o.Fault = OutRefused, FaultCancelled
	}
	return nil
}
