#include "stack/local/local_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace lockstep {
namespace {

struct Names : ::testing::Test {
  LocalNames names;

  // "@x" is the abstract name x.
  static UnixPath name(std::string text) {
    std::ranges::replace(text, '@', '\0');
    return UnixPath::from(text);
  }
  std::string add(const std::string& text, LocalId id = 1, Type type = Type::dgram) {
    return std::string(errno_name(names.add(type, name(text), id)));
  }
  std::string find(const std::string& text, Type type = Type::dgram) const {
    const auto found = names.find(type, name(text));
    return found ? std::to_string(*found) : std::string(errno_name(found.error()));
  }
};

TEST_F(Names, AnAbstractNameIsThatOfOneType) {
  EXPECT_EQ(add("@x", 1, Type::dgram), "OK");
  EXPECT_EQ(add("@x", 2, Type::stream), "OK");
  EXPECT_EQ(add("@x", 3, Type::stream), "EADDRINUSE");
  EXPECT_EQ(find("@x", Type::dgram), "1");
  EXPECT_EQ(find("@x", Type::stream), "2");
  EXPECT_EQ(find("@x", Type::seqpacket), "ECONNREFUSED");
  names.remove(Type::stream, name("@x"), 2);
  EXPECT_EQ(find("@x", Type::stream), "ECONNREFUSED");
  EXPECT_EQ(add("@x", 3, Type::stream), "OK");
}

TEST_F(Names, ZeroBytesArePartOfAnAbstractNameAndEndAPath) {
  EXPECT_EQ(add("@x", 1), "OK");
  EXPECT_EQ(add("@x@", 2), "OK");
  EXPECT_EQ(find("@x@"), "2");
  EXPECT_EQ(add("/tmp/p@q", 3), "OK");
  EXPECT_EQ(find("/tmp/p"), "3");
  EXPECT_EQ(LocalNames::shown(name("/tmp/p@q")), name("/tmp/p"));
  EXPECT_EQ(LocalNames::shown(name("@x@")), name("@x@"));
}

TEST_F(Names, APathIsAFileOfAllTypesThatOutlivesItsSocket) {
  EXPECT_EQ(add("/tmp/p", 1, Type::dgram), "OK");
  EXPECT_EQ(add("/tmp/p", 2, Type::stream), "EADDRINUSE");
  EXPECT_EQ(find("/tmp/p", Type::stream), "1");
  names.remove(Type::dgram, name("/tmp/p"), 1);
  EXPECT_EQ(find("/tmp/p"), "ECONNREFUSED");
  EXPECT_EQ(add("/tmp/p", 2), "EADDRINUSE");
  EXPECT_FALSE(names.empty());
  EXPECT_EQ(names.unlink(name("/tmp/p")), Errno::ok);
  EXPECT_TRUE(names.empty());
  EXPECT_EQ(find("/tmp/p"), "ENOENT");
  EXPECT_EQ(add("/tmp/p", 2), "OK");
}

TEST_F(Names, AFileMadeAnewIsNotThatOfTheFormerSocket) {
  add("/p", 1);
  EXPECT_EQ(names.unlink(name("/./p")), Errno::ok);
  add("/p", 2);
  names.remove(Type::dgram, name("/p"), 1);
  EXPECT_EQ(find("/p"), "2");
}

// Each line as the live kernel answers it, in a root with nothing but /tmp.
TEST_F(Names, BindWalksPathsAsAFileSystemDoes) {
  for (const char* path : {"/", "/tmp", "/tmp/", ".", "..", "/tmp/.", "/tmp/..", "//", "/./"}) {
    EXPECT_EQ(add(path), "EADDRINUSE") << path;
  }
  for (const char* path : {"/new/", "/tmp/new/", "/x/../b", "/x/.", "/x/..", "/tmp/x/.", "/x/b"}) {
    EXPECT_EQ(add(path), "ENOENT") << path;
  }
  EXPECT_EQ(add("/tmp/./a"), "OK");
  for (const char* path : {"/tmp/a/.", "/tmp/a/..", "/tmp/a/b", "/tmp/a/../b", "/tmp/a/b/c"}) {
    EXPECT_EQ(add(path), "ENOTDIR") << path;
  }
  for (const char* path : {"/tmp/a", "/tmp/a/", "/tmp/a//", "tmp/a", "/../tmp//a"}) {
    EXPECT_EQ(add(path), "EADDRINUSE") << path;
  }
  EXPECT_EQ(add("tmp//../..///b", 2), "OK");
  EXPECT_EQ(find("/b"), "2");
}

TEST_F(Names, ConnectWalksPathsAsAFileSystemDoes) {
  add("/tmp/a", 7);
  EXPECT_EQ(find("/tmp/../tmp/./a"), "7");
  for (const char* path : {"/", "/tmp", "/tmp/", ".", ".."}) {
    EXPECT_EQ(find(path), "ECONNREFUSED") << path;
  }
  for (const char* path : {"/tmp/a/", "/tmp/a/.", "/tmp/a/..", "/tmp/a/x"}) {
    EXPECT_EQ(find(path), "ENOTDIR") << path;
  }
  for (const char* path : {"/tmp/zz", "/tmp/zz/", "/tmp/zz/.", "/zz/b", "a"}) {
    EXPECT_EQ(find(path), "ENOENT") << path;
  }
}

TEST_F(Names, UnlinkTakesFilesAlone) {
  add("@x");
  add("/a");
  EXPECT_EQ(names.unlink(name("@x")), Errno::enoent);
  EXPECT_EQ(names.unlink(name("")), Errno::enoent);
  EXPECT_EQ(names.unlink(name("/tmp")), Errno::eperm);
  EXPECT_EQ(names.unlink(name("/a/")), Errno::enotdir);
  EXPECT_EQ(names.unlink(name("/b")), Errno::enoent);
}

TEST_F(Names, AnUnusedNameHasFiveDigitsAndPassesOverThoseInUse) {
  EXPECT_EQ(add("@00001", 1), "OK");
  EXPECT_EQ(names.add_unused(Type::dgram, 2), name("@00000"));
  EXPECT_EQ(names.add_unused(Type::dgram, 3), name("@00002"));
  EXPECT_EQ(names.add_unused(Type::stream, 4), name("@00003"));
  EXPECT_EQ(find("@00002"), "3");
}

TEST_F(Names, EqualityAndHashSeeEveryName) {
  LocalNames other;
  EXPECT_EQ(names, other);
  add("/a", 1);
  EXPECT_NE(names, other);
  other.add(Type::dgram, name("/tmp/../a"), 1);
  EXPECT_EQ(names, other);
  EXPECT_EQ(names.hash(1), other.hash(1));
  add("@x", 2);
  EXPECT_NE(names.hash(1), other.hash(1));
  names.reset();
  EXPECT_EQ(names, LocalNames());
}

}  // namespace
}  // namespace lockstep
