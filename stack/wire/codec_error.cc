#include "stack/wire/codec_error.h"

namespace lockstep {

std::string_view decode_error_name(DecodeError error) {
  switch (error) {
#define LOCKSTEP_ERROR_CASE(id, text) \
  case DecodeError::id:               \
    return text;
    LOCKSTEP_DECODE_ERROR_LIST(LOCKSTEP_ERROR_CASE)
#undef LOCKSTEP_ERROR_CASE
  }
  return "?";
}

std::string_view encode_error_name(EncodeError error) {
  switch (error) {
#define LOCKSTEP_ERROR_CASE(id, text) \
  case EncodeError::id:               \
    return text;
    LOCKSTEP_ENCODE_ERROR_LIST(LOCKSTEP_ERROR_CASE)
#undef LOCKSTEP_ERROR_CASE
  }
  return "?";
}

}  // namespace lockstep
