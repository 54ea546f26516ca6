#!/usr/bin/env python3
"""Takes screenshots of the operator's page of a running agent, in light, dark and phone size.

    scripts/screenshots.py http://127.0.0.1:8080/ FOLDER [NAME]

NAME is one of the pictures, such as part-light; without it all are taken.

It drives Chromium over its DevTools pipe, with nothing but Python's library.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SCREENS = {"live": "/", "review": "/review", "search": "/search", "reports": "/reports?since=8h", "audit": "/audit"}
SIZES = {"light": (1440, 900, "light"), "dark": (1440, 900, "dark"), "phone": (360, 740, "light"), "4k": (3840, 2160, "dark")}


class Browser:
    """Chromium with its DevTools protocol on two pipes."""

    def __init__(self, folder):
        to_read, self.to = os.pipe()
        self.out, from_write = os.pipe()

        def connect():
            os.dup2(to_read, 3)
            os.dup2(from_write, 4)

        high = os.dup(to_read), os.dup(from_write)
        to_read, from_write = (os.dup2(fd, 50 + i) for i, fd in enumerate(high))
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={folder}"],
            preexec_fn=connect, close_fds=False, stderr=subprocess.DEVNULL)
        self.ids, self.buffer = 0, b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    session = None

    def call(self, method, **params):
        self.ids += 1
        message = {"id": self.ids, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                self.buffer += os.read(self.out, 1 << 20)
            line, self.buffer = self.buffer.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.ids:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def value(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)["result"].get("value")


def main():
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    address, folder, wanted = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        browser.call("Page.enable")
        for look, (width, height, scheme) in SIZES.items():
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=look == "phone")
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            part = browser_part(browser, address)
            for name, path in {**SCREENS, **({"part": part} if part else {})}.items():
                if wanted and f"{name}-{look}" not in wanted:
                    continue
                browser.call("Page.navigate", url=address + path)
                wait(browser, "document.readyState === 'complete'")
                if name == "live":
                    wait(browser, "!!document.querySelector('.camera .photo:not([hidden])') && !!document.querySelector('#charts figure')")
                file = folder / f"{name}-{look}.png"
                file.write_bytes(base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"]))
                wide = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                print(file, f"({wide} px too wide)" if wide > 0 else "")
        browser.process.terminate()
        browser.process.wait()


def browser_part(browser, address):
    """The address of a reject, by way of the search."""
    browser.call("Page.navigate", url=address + "/search?verdict=FAIL")
    wait(browser, "document.readyState === 'complete' && location.pathname === '/search'")
    return browser.value("document.querySelector('a.tile')?.getAttribute('href')")


def wait(browser, condition):
    for _ in range(200):
        if browser.value(condition):
            return
        time.sleep(0.1)
    raise SystemExit(f"waited 20 s for {condition}")


main()
