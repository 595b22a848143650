package views

import "breakwater/store"

// folderTone colours a folder: the sea for what has just come, amber for what waits on a person,
// green for what is settled, grey for the rest.
func folderTone(f store.Folder) string {
	switch f {
	case store.FolderNew:
		return "fresh"
	case store.FolderPendingBooking, store.FolderBookedUnconfirmed, store.FolderAwaitingReply:
		return "waiting"
	case store.FolderBookedConfirmed, store.FolderCompleted:
		return "done"
	}
	return "plain"
}

// priorityTone keeps red for what cannot wait. An unknown priority waits for a person's judgement.
func priorityTone(priority string) string {
	if priority == "stat" {
		return "harm"
	}
	return "waiting"
}

// noticeKind says a notice's kind in words, for who cannot see its colour and icon.
func (f Frame) noticeKind(k NoticeKind) string {
	switch k {
	case NoticeProblem:
		return f.Text.Common.Problem
	case NoticeWaiting:
		return f.Text.Common.Waiting
	case NoticeDone:
		return f.Text.Common.Done
	}
	return f.Text.Common.Info
}

// partyHeading heads the column of the other side, which differs by what the list shows.
func (f Frame) partyHeading(direction string) string {
	switch direction {
	case string(store.DirectionReceived), string(store.DirectionUnknown):
		return f.Text.Referrals.Referrer
	case string(store.DirectionSent):
		return f.Text.Referrals.Recipient
	}
	return f.Text.Referrals.EitherWay
}

// orElse gives what stands in for a missing text.
func orElse(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
