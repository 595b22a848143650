package ocean

import (
	"bytes"
	"strings"
	"testing"
)

const out = "" // kept out

var contents = []struct{ data, want string }{
	{"", out}, {" ", "text/plain"}, {"Dear Dr. Sample,\r\n\tAda's BP < 140 & > 90.\f", "text/plain"},
	{"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"}, {"\xef\xbb\xbf%PDF-1.4", "application/pdf"}, {"\r\n %PDF-1.4", "application/pdf"},
	{"Sent by scanner 7\n%PDF-1.4\n\x00", "application/pdf"}, {strings.Repeat(" ", 1019) + "%PDF-1.4", "application/pdf"},
	{strings.Repeat(" ", 1020) + "%PDF-1.4", "text/plain"}, {"<html>%PDF-1.4", out}, {"<!-- %PDF-1.4 -->", out}, {"x<script>%PDF-1.4", out},
	{"\x00\x01%PDF-1.4", octetStream}, {"#!/bin/sh\n%PDF-1.4", out}, {"MZ%PDF-1.4\x00", out},
	{"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"}, {"\x89PNG\r\n\x1a\n\x00", "image/png"}, {"II*\x00\x08", "image/tiff"}, {"MM\x00*\x00", "image/tiff"},
	{"GIF89a\x01\x00", octetStream}, {"RIFF\x00\x00\x00\x00WEBPVP8 ", octetStream}, {"\xff\xd8", "text/plain"}, // ÿØ
	{"ID3\x04\x00\x00\x00\x00\x01\x00", "audio/mpeg"}, {"\xff\xfb\x90\x64\x00", "audio/mpeg"}, {"\xff\xf3\x84\xc4\x00", "audio/mpeg"},
	{"ID3 results are due", "text/plain"}, {"\xff\xfb\xf0\x00", octetStream}, {"\xff\xf1\x50\x80\x00", octetStream}, // AAC
	{"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "video/mp4"}, {"\x00\x00\x00\x18ftypisom\x00", "video/mp4"}, {"\x00\x00\x00\x18ftypheic\x00", octetStream},
	{"\x00\x00\x00\x18ftypM4A \x00", octetStream}, {"\x00\x00\x00\x18ftyp", octetStream},
	{"Ren\xe9e \x93quoted\x94 \x80 5", "text/plain"}, {"Renée ≥ 3×", "text/plain"}, {"\xef\xbb\xbfDear Ada", "text/plain"},
	{"bell\a", octetStream}, {"nul\x00", octetStream}, {"C1 \u0085", octetStream}, {"\x81\xfe", octetStream}, {"del\x7f", octetStream},
	{"<ada@clinic.example> wrote:", "text/plain"}, {"<3 days", "text/plain"}, {"a <b or c> d", "text/plain"}, {"MZ was seen today.", "text/plain"},
	{"<!DOCTYPE html>", out}, {"<html", out}, {" \r\n<HTML>", out}, {"\xef\xbb\xbf<html>", out}, {"\x00<html>", out}, {"<br/>Hello", out}, {"<p>Hello", out},
	{"<?xml version='1.0'?>", out}, {"<?php", out}, {"<svg xmlns='x'/>", out}, {"<ClinicalDocument xmlns='urn:hl7-org:v3'>", out}, {"<a:b c='d'/>", out}, {"<!-- x", out},
	{"Hello <script>alert(1)</script>", out}, {"Hello\n<SVG/onload=x>", out}, {"x <iframe src=y>", out}, {"<html>\x00\x01", out},
	{"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", out}, {"\xfe\xff\x00<\x00s\x00v\x00g\x00 ", out}, {"\xff\xfeH\x00i\x00", octetStream},
	{"MZ\x90\x00\x03", out}, {"\x7fELF\x02", out}, {"\xcf\xfa\xed\xfe\x07", out}, {"\xca\xfe\xba\xbe\x00", out}, {"\x00asm\x01", out}, {"#!/bin/sh\n", out}, {"\xef\xbb\xbf#!x", out},
	{"L\x00\x00\x00\x01\x14\x02\x00\x00", out}, {"PK\x03\x04\x14\x00 <html>", octetStream}, {"{\\rtf1 hello}", "text/plain"}, {"{\"a\":1}", "text/plain"},
}

func TestContentType(t *testing.T) {
	for _, c := range contents {
		got, ok := ContentType([]byte(c.data))
		if got != c.want || ok != (c.want != out) {
			t.Errorf("%.60q: %q, %v; want %q", c.data, got, ok, c.want)
		}
	}
}

func FuzzContentType(f *testing.F) {
	for _, c := range contents {
		f.Add([]byte(c.data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		got, ok := ContentType(data)
		if again, _ := ContentType(data); again != got || !bytes.Equal(data, before) {
			t.Fatal("not a pure function")
		}
		if ok != (got != "") {
			t.Fatalf("%q, %v", got, ok)
		}
		start := bytes.ToLower(bytes.TrimLeft(data, " \t\r\n\f"))
		if ok && (bytes.HasPrefix(start, []byte("<html>")) || bytes.HasPrefix(start, []byte("<?xml")) || bytes.HasPrefix(start, []byte("<svg ")) || bytes.HasPrefix(data, []byte("\x7fELF"))) {
			t.Fatalf("%q let through as %s", data, got)
		}
		if got == "text/plain" && bytes.ContainsAny(data, "\x00\x01\x1b\x7f") {
			t.Fatal("control characters in text")
		}
	})
}
