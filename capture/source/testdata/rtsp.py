"""A real RTSP server for the tests: GStreamer's.

rtsp.py [--port N] [--user U --password P] [--codec h264|theora] [--frames N] [--file FILE.ts]

Serves /stream and prints its port. With --frames the stream ends after so many;
with --file it is the H.264 video of an MPEG transport stream.
"""
import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

p = argparse.ArgumentParser()
p.add_argument("--port", default="0")
p.add_argument("--user")
p.add_argument("--password")
p.add_argument("--codec", default="h264")
p.add_argument("--frames", type=int, default=-1)
p.add_argument("--file")
args = p.parse_args()

Gst.init(None)
encoders = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0",
    "theora": "theoraenc ! rtptheorapay name=pay0",
}
server = GstRtspServer.RTSPServer(service=args.port, address="127.0.0.1")
factory = GstRtspServer.RTSPMediaFactory(shared=True)
factory.set_launch(
    f"( filesrc location={args.file} ! tsparse set-timestamps=true ! tsdemux ! h264parse config-interval=-1 ! rtph264pay name=pay0 )"
    if args.file else
    f"( videotestsrc is-live=true num-buffers={args.frames} ! video/x-raw,width=320,height=240,framerate=20/1"
    f" ! {encoders[args.codec]} )")
if args.user:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    role = GstRtspServer.RTSPToken()
    role.set_string("media.factory.role", "viewer")
    auth.add_digest(args.user, args.password, role)
    server.set_auth(auth)
    factory.add_role_from_structure(Gst.Structure.from_string(
        "viewer, media.factory.access=true, media.factory.construct=true")[0])
server.get_mount_points().add_factory("/stream", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
