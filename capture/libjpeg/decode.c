#include "decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// MOST_SCANS bounds the work for a picture: encoders make a dozen.
#define MOST_SCANS 200

typedef struct {
	struct jpeg_error_mgr base;
	jmp_buf failed;
	outcome *outcome;
} errors;

static void fail(j_common_ptr c) {
	errors *e = (errors *)c->err;
	switch (c->err->msg_code) {
	case JERR_SOF_UNSUPPORTED:
	case JERR_BAD_PRECISION:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_ARITH_NOTIMPL:
		e->outcome->foreign = 1;
	}
	e->outcome->failed = 1;
	c->err->format_message(c, e->outcome->text);
	longjmp(e->failed, 1);
}

// note sorts libjpeg's warnings: what is only odd, what is missing at the end, and
// what means that pixels were guessed.
static void note(j_common_ptr c, int level) {
	errors *e = (errors *)c->err;
	if (level >= 0) return; // a trace
	switch (c->err->msg_code) {
	case JWRN_JFIF_MAJOR:
	case JWRN_ADOBE_XFORM:
	case JWRN_BOGUS_ICC:
		return;
	case JWRN_EXTRANEOUS_DATA:
		if (c->err->msg_parm.i[0] > e->outcome->extraneous) e->outcome->extraneous = c->err->msg_parm.i[0];
		return;
	case JWRN_JPEG_EOF: {
		// Of one scan with all components only the end marker may be missing: had the
		// scan lost data too, JWRN_HIT_MARKER would follow.
		j_decompress_ptr d = (j_decompress_ptr)c;
		if (!d->progressive_mode && d->comps_in_scan == d->num_components) return;
	}
	}
	if (!e->outcome->damaged) c->err->format_message(c, e->outcome->text);
	e->outcome->damaged = 1;
}

static void say_nothing(j_common_ptr c) { (void)c; }

static void watch(j_common_ptr c) {
	j_decompress_ptr d = (j_decompress_ptr)c;
	if (d->input_scan_number > MOST_SCANS) ERREXIT(c, JERR_BAD_PROGRESSION);
}

void decode_jpeg(const unsigned char *data, size_t size, unsigned char *out, int width, int height, int components, outcome *o) {
	struct jpeg_decompress_struct d = {0};
	struct jpeg_progress_mgr progress = {.progress_monitor = watch};
	errors e = {.outcome = o};
	memset(o, 0, sizeof *o);
	d.err = jpeg_std_error(&e.base);
	e.base.error_exit = fail;
	e.base.emit_message = note;
	e.base.output_message = say_nothing;
	size_t stride = (size_t)width * (components == 4 ? 4 : 3);
	if (setjmp(e.failed)) {
		memset(out + stride * d.output_scanline, 0, stride * (height - d.output_scanline));
		jpeg_destroy_decompress(&d);
		return;
	}
	jpeg_create_decompress(&d);
	d.progress = &progress;
	jpeg_mem_src(&d, (unsigned char *)data, size);
	jpeg_read_header(&d, TRUE);
	d.out_color_space = components == 4 ? JCS_CMYK : JCS_EXT_BGR;
	if ((components == 4) != (d.num_components == 4)) ERREXIT(&d, JERR_CONVERSION_NOTIMPL);
	if ((int)d.image_width != width || (int)d.image_height != height) ERREXIT(&d, JERR_BAD_LENGTH);
	jpeg_start_decompress(&d);
	while (d.output_scanline < d.output_height) {
		JSAMPROW row = out + stride * d.output_scanline;
		jpeg_read_scanlines(&d, &row, 1);
	}
	jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
}
