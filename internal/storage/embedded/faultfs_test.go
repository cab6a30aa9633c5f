package embedded_test

import (
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hookswitch/hookswitch/internal/storage/storagetest"
)

var errSync = errors.New("injected: the disk did not confirm")

// faultFS makes the write-ahead log fail.
type faultFS struct {
	vfs.FS

	mu     sync.Mutex // guards everything below
	fault  storagetest.Fault
	after  int  // operations of the fault's kind that succeed first
	full   bool // nothing can be written any more
	struck bool
	gate   chan struct{} // syncs of the write-ahead log wait for it to close; nil: they do not
	bad    string        // syncs of files whose name has this in it fail
}

// hold makes syncs of the write-ahead log wait until release is called. It may be called twice.
func (fs *faultFS) hold() (release func()) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	gate := make(chan struct{})
	fs.gate = gate
	return sync.OnceFunc(func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		fs.gate = nil
		close(gate)
	})
}

// spoil makes syncs of files fail whose name has part in it.
func (fs *faultFS) spoil(part string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.bad = part
}

// sync waits for the gate and returns the fault of a sync, if it has one.
func (fs *faultFS) sync(name string) error {
	fs.mu.Lock()
	gate, bad := fs.gate, fs.bad
	fs.mu.Unlock()
	if gate != nil && strings.HasSuffix(name, ".log") {
		<-gate
	}
	if bad != "" && strings.Contains(name, bad) || fs.strike(name, storagetest.FailedSync) != "" {
		return errSync
	}
	return nil
}

func (fs *faultFS) plan(f storagetest.Fault, after int) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.fault, fs.after = f, after
}

// strike says whether an operation fails, and how.
func (fs *faultFS) strike(name string, kinds ...storagetest.Fault) storagetest.Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, kind := range kinds {
		if kind == storagetest.FullDisk && fs.full {
			return kind
		}
		if fs.fault != kind || !strings.HasSuffix(name, ".log") {
			continue
		}
		if fs.after--; fs.after >= 0 {
			continue
		}
		fs.struck = true
		fs.fault = ""
		fs.full = kind == storagetest.FullDisk
		return kind
	}
	return ""
}

func (fs *faultFS) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &faultFile{File: f, fs: fs, name: name}, nil
}

func (fs *faultFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	if fs.strike("", storagetest.FullDisk) != "" {
		return nil, syscall.ENOSPC
	}
	f, err := fs.FS.Create(name, c)
	return fs.wrap(name, f, err)
}

func (fs *faultFS) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := fs.FS.ReuseForWrite(from, to, c)
	return fs.wrap(to, f, err)
}

func (fs *faultFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	f, err := fs.FS.OpenReadWrite(name, c, o...)
	return fs.wrap(name, f, err)
}

type faultFile struct {
	vfs.File
	fs   *faultFS
	name string
}

func (f *faultFile) Write(p []byte) (int, error) {
	switch f.fs.strike(f.name, storagetest.ShortWrite, storagetest.FullDisk) {
	case storagetest.ShortWrite:
		n, err := f.File.Write(p[:len(p)/2])
		return n, errors.Join(io.ErrShortWrite, err)
	case storagetest.FullDisk:
		n, err := f.File.Write(p[:len(p)/3])
		return n, errors.Join(syscall.ENOSPC, err)
	}
	return f.File.Write(p)
}

func (f *faultFile) Sync() error {
	if err := f.fs.sync(f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) SyncData() error {
	if err := f.fs.sync(f.name); err != nil {
		return err
	}
	return f.File.SyncData()
}

func (f *faultFile) SyncTo(n int64) (bool, error) {
	if err := f.fs.sync(f.name); err != nil {
		return false, err
	}
	return f.File.SyncTo(n)
}
