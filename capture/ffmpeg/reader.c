#include "reader.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/hwcontext.h>
#include <libavutil/opt.h>
#include <libavutil/time.h>
#include <libswscale/swscale.h>
#include <stdatomic.h>
#include <string.h>

// MOST_ERRORS is how many packets in a row may give no frame before the stream
// is called unreadable.
#define MOST_ERRORS 250

struct reader {
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame, *software, *bgr; // as decoded; copied from a decoder's own memory; converted
	int stream;                // index of the video that is read
	int64_t last, other;       // positions in the file: the video's last packet, the first of another video
	int live;                  // a camera and no file
	int draining, any, errors, damaged;
	enum AVPixelFormat hardware; // that the decoder gives, or NONE

	struct SwsContext *scaler; // for the shape below
	int width, height, pixels, space, range;

	int64_t read_ms;
	int64_t deadline; // on av_gettime_relative's clock; 0: none
	atomic_int interrupted;
	int timed_out;
};

static int interrupt(void *opaque) {
	reader *r = opaque;
	if (atomic_load(&r->interrupted)) return 1;
	if (r->deadline && av_gettime_relative() > r->deadline) {
		r->timed_out = 1;
		return 1;
	}
	return 0;
}

static void limit(reader *r, int64_t ms) {
	r->deadline = ms ? av_gettime_relative() + 1000 * ms : 0;
}

// why names the cause of a failed call.
static int why(reader *r, int code) {
	if (atomic_load(&r->interrupted)) return READER_INTERRUPTED;
	if (r->timed_out || code == AVERROR_EXIT) return READER_TIMEOUT;
	return code;
}

static enum AVPixelFormat choose(AVCodecContext *codec, const enum AVPixelFormat *offered) {
	reader *r = codec->opaque;
	for (const enum AVPixelFormat *f = offered; *f != AV_PIX_FMT_NONE; f++)
		if (*f == r->hardware) return *f;
	return avcodec_default_get_format(codec, offered);
}

// accelerate attaches the first device of this machine that the codec can use.
static void accelerate(reader *r, const AVCodec *codec) {
	const AVCodecHWConfig *c;
	for (int i = 0; (c = avcodec_get_hw_config(codec, i)); i++) {
		if (!(c->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)) continue;
		if (av_hwdevice_ctx_create(&r->codec->hw_device_ctx, c->device_type, NULL, NULL, 0) < 0) continue;
		r->hardware = c->pix_fmt;
		r->codec->opaque = r;
		r->codec->get_format = choose;
		return;
	}
}

// ONE_CORE is how many pixels a second one core decodes, with room to spare: 1080p at 15
// frames/s takes an eighth to half of one, half where every pixel is noise.
#define ONE_CORE (1920.0 * 1088 * 15)

// threads returns how many threads decode a stream; 0 is one a core, and one more.
// FFmpeg's threads each decode a frame of their own: with n of them a frame is out only
// when n - 1 more have come in, and each holds memory of its own, 8 MB at 1080p. They
// save no core time. So a camera has as many as its pixels take; and a file has one
// where there are few cores, since the model then takes longer than one decoder.
static int threads(reader *r, const AVStream *s) {
	int cores = av_cpu_count();
	if (!r->live) return cores <= 2 ? 1 : 0;
	double rate = s->avg_frame_rate.num > 0 && s->avg_frame_rate.den > 0 ? av_q2d(s->avg_frame_rate) : 30;
	double needed = rate * s->codecpar->width * s->codecpar->height / ONE_CORE;
	return needed <= 1 ? 1 : needed >= cores ? cores : (int)needed + 1;
}

// open_codec makes a decoder for what the stream holds now.
static int open_codec(reader *r, int stream, int hardware) {
	AVCodecParameters *parameters = r->format->streams[stream]->codecpar;
	const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
	if (!codec) return READER_NO_CODEC;
	if (!(r->codec = avcodec_alloc_context3(codec))) return AVERROR(ENOMEM);
	int code = avcodec_parameters_to_context(r->codec, parameters);
	if (code < 0) return code;
	r->codec->pkt_timebase = r->format->streams[stream]->time_base;
	r->codec->thread_count = threads(r, r->format->streams[stream]);
	// A picture whose data is damaged is an error, or flagged; never a guess.
	r->codec->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
	if (parameters->codec_id == AV_CODEC_ID_MJPEG) r->codec->err_recognition |= AV_EF_EXPLODE;
	r->hardware = AV_PIX_FMT_NONE;
	if (hardware) accelerate(r, codec);
	r->stream = stream;
	return avcodec_open2(r->codec, codec, NULL);
}

reader *reader_new(void) {
	av_log_set_level(AV_LOG_QUIET); // errors are said once, in our words
	reader *r = av_mallocz(sizeof *r);
	if (!r) return NULL;
	r->hardware = AV_PIX_FMT_NONE;
	r->packet = av_packet_alloc();
	r->frame = av_frame_alloc();
	r->software = av_frame_alloc();
	r->bgr = av_frame_alloc();
	r->format = avformat_alloc_context();
	if (!r->packet || !r->frame || !r->software || !r->bgr || !r->format) {
		reader_close(r);
		return NULL;
	}
	r->format->interrupt_callback = (AVIOInterruptCB){interrupt, r};
	return r;
}

int reader_open(reader *r, const char *url, int live, int64_t open_ms, int64_t read_ms, int hardware) {
	r->live = live;
	r->read_ms = read_ms;
	limit(r, open_ms);
	AVDictionary *options = NULL;
	av_dict_set(&options, "rtsp_flags", "prefer_tcp", 0);
	int code = avformat_open_input(&r->format, url, NULL, &options); // frees format when it fails
	av_dict_free(&options);
	if (code >= 0) code = avformat_find_stream_info(r->format, NULL);
	if (code < 0) return why(r, code);
	int stream = av_find_best_stream(r->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (stream < 0) return READER_NO_VIDEO;
	return open_codec(r, stream, hardware);
}

// foreign reports whether the packet is none of the video.
static int foreign(reader *r) {
	AVPacket *p = r->packet;
	if (p->stream_index == r->stream) {
		r->last = FFMAX(r->last, p->pos);
		return 0;
	}
	if (!r->other && r->format->streams[p->stream_index]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) r->other = p->pos;
	return 1;
}

// feed gives the decoder one packet of the video; READER_END once there is none.
static int feed(reader *r) {
	int code;
	do {
		av_packet_unref(r->packet);
		code = av_read_frame(r->format, r->packet);
	} while (code == AVERROR(EAGAIN) || (code >= 0 && foreign(r)));
	if (code == AVERROR_EOF && !r->draining) {
		r->draining = 1;
		return avcodec_send_packet(r->codec, NULL);
	}
	if (code < 0) return code == AVERROR_EOF ? READER_END : why(r, code);
	return avcodec_send_packet(r->codec, r->packet);
}

// orientation is the way in which the stream asks to be shown.
static int orientation(reader *r) {
	const int32_t *m = NULL;
	AVStream *s = r->format->streams[r->stream];
	AVFrameSideData *of_frame = av_frame_get_side_data(r->frame, AV_FRAME_DATA_DISPLAYMATRIX);
	if (of_frame && of_frame->size >= 9 * sizeof *m) m = (const int32_t *)of_frame->data;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
	if (!m) {
		const AVPacketSideData *d = av_packet_side_data_get(s->codecpar->coded_side_data, s->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
		if (d && d->size >= 9 * sizeof *m) m = (const int32_t *)d->data;
	}
#else
	if (!m) m = (const int32_t *)av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, NULL);
#endif
	if (!m) return 1;
	// Column x and row y are shown at (m[0]·x + m[3]·y, m[1]·x + m[4]·y): quarters
	// and reflections have two zeros. Anything between is left as it is.
	int64_t straight = llabs((int64_t)m[0]) + llabs((int64_t)m[4]), crossed = llabs((int64_t)m[1]) + llabs((int64_t)m[3]);
	if (straight >= crossed) {
		if (m[0] >= 0) return m[4] >= 0 ? 1 : 4;
		return m[4] >= 0 ? 2 : 3;
	}
	if (m[3] >= 0) return m[1] >= 0 ? 5 : 8;
	return m[1] >= 0 ? 6 : 7;
}

// lost reports a frame whose data was damaged beyond decoding.
static int lost(reader *r, picture *p) {
	if (++r->errors > MOST_ERRORS) return READER_UNREADABLE;
	if (!r->any) return AVERROR(EAGAIN); // the stream was entered between two key frames
	r->damaged = 1;
	memset(p, 0, sizeof *p);
	p->damaged = 1;
	return READER_OK;
}

int reader_next(reader *r, picture *p) {
	limit(r, r->read_ms);
	for (;;) {
		int code = avcodec_receive_frame(r->codec, r->frame);
		if (code == AVERROR(EAGAIN)) {
			code = feed(r);
		} else if (code == AVERROR_EOF) {
			// Files that were joined may go on in a stream of their own.
			return r->other > r->last ? READER_GOES_ON : READER_END;
		} else if (code >= 0) {
			break;
		}
		if (code == READER_OK || code == AVERROR(EAGAIN)) continue;
		if (code != AVERROR_INVALIDDATA) return code;
		code = lost(r, p);
		if (code != AVERROR(EAGAIN)) return code;
	}
	AVFrame *f = r->frame;
	if (f->format == r->hardware && r->hardware != AV_PIX_FMT_NONE) {
		av_frame_unref(r->software);
		int code = av_hwframe_transfer_data(r->software, f, 0);
		if (code < 0) return code;
		f = r->software;
		f->colorspace = r->frame->colorspace;
		f->color_range = r->frame->color_range;
	}
	int damaged = r->frame->decode_error_flags || (r->frame->flags & AV_FRAME_FLAG_CORRUPT);
	// What refers to a damaged frame shows its damage, until a frame stands for itself.
	if (r->frame->pict_type == AV_PICTURE_TYPE_I) r->damaged = 0;
	if (damaged) r->damaged = 1;
	r->any = 1;
	r->errors = 0;
	p->width = f->width;
	p->height = f->height;
	p->damaged = r->damaged;
	p->orientation = orientation(r);
	return READER_OK;
}

// own makes memory of the reader's for the scaler. It writes whole vectors: rows are as
// far apart as it wants them.
static int own(reader *r, const AVFrame *f) {
	if (r->bgr->width == f->width && r->bgr->height == f->height) return 0;
	av_frame_unref(r->bgr);
	r->bgr->format = AV_PIX_FMT_BGR24;
	r->bgr->width = f->width;
	r->bgr->height = f->height;
	int code = av_frame_get_buffer(r->bgr, 0);
	if (code < 0) av_frame_unref(r->bgr);
	return code;
}

// prepare makes the scaler for frames of this shape.
static int prepare(reader *r, const AVFrame *f) {
	if (r->scaler && r->width == f->width && r->height == f->height && r->pixels == f->format && r->space == f->colorspace && r->range == f->color_range)
		return 0;
	sws_freeContext(r->scaler);
	r->scaler = sws_getContext(f->width, f->height, f->format, f->width, f->height, AV_PIX_FMT_BGR24, SWS_BICUBIC, NULL, NULL, NULL);
	if (!r->scaler) return AVERROR(EINVAL);
	int *from, *to, from_range, to_range, brightness, contrast, saturation;
	if (sws_getColorspaceDetails(r->scaler, &from, &from_range, &to, &to_range, &brightness, &contrast, &saturation) >= 0) {
		const int *coefficients = from;
		if (f->colorspace != AVCOL_SPC_UNSPECIFIED) coefficients = sws_getCoefficients(f->colorspace);
		if (f->color_range != AVCOL_RANGE_UNSPECIFIED) from_range = f->color_range == AVCOL_RANGE_JPEG;
		sws_setColorspaceDetails(r->scaler, coefficients, from_range, to, to_range, brightness, contrast, saturation);
	}
	r->width = f->width, r->height = f->height, r->pixels = f->format, r->space = f->colorspace, r->range = f->color_range;
	return 0;
}

int reader_convert(reader *r, picture *p, uint8_t *into) {
	AVFrame *f = r->frame;
	if (f->format == r->hardware && r->hardware != AV_PIX_FMT_NONE) f = r->software;
	int code = prepare(r, f);
	if (code >= 0 && !into) code = own(r, f);
	if (code < 0) return code;
	uint8_t *direct[4] = {into};
	int stride[4] = {3 * f->width};
	if (into) av_frame_unref(r->bgr); // an earlier shape's
	int rows = sws_scale(r->scaler, (const uint8_t *const *)f->data, f->linesize, 0, f->height, into ? direct : r->bgr->data, into ? stride : r->bgr->linesize);
	p->bgr = into ? NULL : r->bgr->data[0]; // C keeps no address of the caller's
	p->stride = into ? 0 : r->bgr->linesize[0];
	return rows == f->height ? READER_OK : AVERROR(EINVAL);
}

void reader_interrupt(reader *r, int on) { atomic_store(&r->interrupted, on); }

void reader_close(reader *r) {
	limit(r, 1000); // of an RTSP camera's answer to TEARDOWN
	sws_freeContext(r->scaler);
	avcodec_free_context(&r->codec);
	avformat_close_input(&r->format);
	av_frame_free(&r->frame);
	av_frame_free(&r->software);
	av_frame_free(&r->bgr);
	av_packet_free(&r->packet);
	av_free(r);
}

void reader_error(int code, char *text, int size) { av_strerror(code, text, size); }
