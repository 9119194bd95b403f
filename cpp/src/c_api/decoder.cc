// Decoders: from messages to extractions.
#include "c_api/handles.h"

namespace feature_extractor {
namespace {

Status read_limits(const fx_decoder_options* given, RequestLimits* limits) {
  fx_decoder_options options;
  if (Status status = read_options(given, &options); !status.ok()) return status;
  if (options.maximum_bytes < 0 || options.maximum_candidates < 0) {
    return Status::error(ErrorCode::kInvalidArgument, "maximum_bytes and maximum_candidates must not be negative.");
  }
  if (options.maximum_bytes > 0) limits->bytes = options.maximum_bytes;
  if (options.maximum_candidates > 0) limits->candidates = options.maximum_candidates;
  return Status::success();
}

fx_decoder* new_handle(std::shared_ptr<const RequestDecoder> decoder) {
  auto handle = std::make_unique<fx_decoder>();
  handle->decoder = std::move(decoder);
  return handle.release();
}

Status read_messages(fx_session* session, const fx_decoder& decoder, const fx_bytes* messages, size_t message_count) {
  const AccountScope scope(&session->session->account());
  if (session->decoder != decoder.decoder) {
    session->reader.reset();
    session->decoder = decoder.decoder;
  }
  if (session->reader == nullptr) session->reader = decoder.decoder->new_reader();
  AccountedVector<Text> texts;
  for (size_t i = 0; i < message_count; ++i) {
    if (messages[i].data == nullptr && messages[i].size > 0) return missing_argument("messages[i].data");
    texts.emplace_back(static_cast<const char*>(messages[i].data), messages[i].size);
  }
  return session->reader->read(texts);
}

}  // namespace
}  // namespace feature_extractor

using namespace feature_extractor;

fx_code fx_decoder_json(fx_extractor* extractor, const fx_decoder_options* options, fx_decoder** decoder,
                        fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (decoder == nullptr) return missing_argument("decoder");
    RequestLimits limits;
    if (Status status = read_limits(options, &limits); !status.ok()) return status;
    *decoder = new_handle(make_json_decoder(extractor->extractor, limits));
    return Status::success();
  });
}

fx_code fx_decoder_protobuf(fx_extractor* extractor, const void* descriptor_set, size_t descriptor_set_size,
                            const char* message, const char* candidates, const fx_decoder_options* options,
                            fx_decoder** decoder, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (descriptor_set == nullptr) return missing_argument("descriptor_set");
    if (message == nullptr) return missing_argument("message");
    if (decoder == nullptr) return missing_argument("decoder");
    RequestLimits limits;
    if (Status status = read_limits(options, &limits); !status.ok()) return status;
    auto made =
        make_protobuf_decoder(extractor->extractor, {static_cast<const char*>(descriptor_set), descriptor_set_size},
                              message, candidates == nullptr ? "candidates" : candidates, limits);
    if (!made.ok()) return made.status();
    *decoder = new_handle(*std::move(made));
    return Status::success();
  });
}

void fx_decoder_free(fx_decoder* decoder) { delete decoder; }

fx_code fx_extract_messages(fx_session* session, const fx_decoder* decoder, const fx_bytes* messages,
                            size_t message_count, fx_extraction** extraction, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (session == nullptr) return missing_argument("session");
    if (decoder == nullptr) return missing_argument("decoder");
    if (messages == nullptr && message_count > 0) return missing_argument("messages");
    if (extraction == nullptr) return missing_argument("extraction");
    if (&decoder->decoder->extractor() != session->extractor.get()) {
      return Status::error(ErrorCode::kInvalidArgument, "The session and the decoder are not of the same extractor.");
    }
    if (Status status = read_messages(session, *decoder, messages, message_count); !status.ok()) return status;
    return extract_into(session, session->reader->input(), extraction);
  });
}
