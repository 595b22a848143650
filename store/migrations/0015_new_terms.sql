-- +goose Up

-- The terms of the newest referrals, until they are taken to referral_terms many at a time: there each
-- goes to a page of its own, here all go to one. A referral has its terms in one of the two.
CREATE TABLE referral_terms_new (
  referral INTEGER PRIMARY KEY, -- seq of its row
  terms    TEXT NOT NULL        -- blind, a JSON array of numbers
) STRICT;
