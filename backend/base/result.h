// Errors as values. Result<T> is a T or an Error; Status is Result<void>. Neither may be dropped
// unread. The names are those of std::expected, which the supported compilers do not have.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace replicafs {

// The one list of reasons why something failed. Each has exactly one errno (fs/fuse/errno_map.cc)
// and one exit code (tools/exit_code.h).
enum class ErrorCode {
  kNotFound,
  kExists,
  kPrecondition,  // a write's condition did not hold; nothing was changed
  kInvalid,
  kPermission,
  kDestination,  // the container is the destination of a replication policy and refuses writes
  kArchived,     // the blob's tier is archive: it must be rehydrated before it can be read
  kImmutable,    // an immutability policy or a legal hold protects the version
  kBlobKind,     // the blob is an append or page blob, or is to become one
  kCustomerKey,  // the content is encrypted with a customer's key, which was not given
  kReadOnly,
  kUnauthenticated,
  kUnavailable,
  kTimeout,  // a mutation that timed out may have happened
  kCancelled,
  kNoSpace,
  kTooLarge,
  kNameTooLong,
  kNotSupported,
  kNoAttribute,
  kRange,  // the caller's buffer is too small for the answer
  kNotEmpty,
  kIsDirectory,
  kNotDirectory,
  kCrossDevice,
  kBusy,
  kStale,
  kCorrupt,  // stored bytes are not what was written
  kIo,
  kInternal,
};

// The only retry question: may the same call succeed later without anybody mending anything?
bool IsTransient(ErrorCode code);

// A short stable identifier, such as "NotFound"; part of the JSON output.
std::string_view ErrorCodeName(ErrorCode code);

// The code that describes a failed system call.
ErrorCode CodeFromErrno(int error_number);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one sentence for a person; names the thing that failed

  // The same error, its message preceded by where it happened: "context: message".
  Error Within(std::string_view context) &&;
};

// An Error for the system call that just failed: "open '/x/y': No such file or directory".
Error ErrnoError(std::string_view what, int error_number);

// Ends the process: a broken invariant must not become an error that somebody retries.
[[noreturn]] void InvariantBroken(const char* expression, const char* file, int line);

// On in all builds.
#define REPLICAFS_CHECK(expression)                     \
  (static_cast<bool>(expression) ? static_cast<void>(0) \
                                 : ::replicafs::InvariantBroken(#expression, __FILE__, __LINE__))

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  template <class U>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::decay_t<U>, T> &&
           !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, Result>)
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& operator*() & { return Checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(Checked()); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }
  T& value() & { return Checked(); }
  T&& value() && { return std::move(Checked()); }

  template <class U>
  T value_or(U&& fallback) && {
    return has_value() ? std::move(Checked()) : static_cast<T>(std::forward<U>(fallback));
  }

  const Error& error() const& {
    REPLICAFS_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    REPLICAFS_CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  T& Checked() {
    REPLICAFS_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  const Error& error() const& {
    REPLICAFS_CHECK(error_.has_value());
    return *error_;
  }
  Error&& error() && {
    REPLICAFS_CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

inline Status Ok() {
  return {};
}

namespace internal {
template <class T>
T Unwrap(Result<T>&& result) {
  return std::move(*std::move(result));
}
inline void Unwrap(Result<void>&&) {}
}  // namespace internal

// auto value = TRY(Call());  or  TRY(Call());
// Returns the error to the caller. Stands alone: never inside an argument list, never nested.
#define TRY(expression)                                                  \
  __extension__({                                                        \
    auto try_result_ = (expression);                                     \
    if (!try_result_.has_value()) return std::move(try_result_).error(); \
    ::replicafs::internal::Unwrap(std::move(try_result_));               \
  })

}  // namespace replicafs
