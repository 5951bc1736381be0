"""Image to image with requests: image_to_image.py <file or URL> "<instruction>" [output]"""

import base64
import os
import sys
import time
from urllib.parse import urlparse

import requests

SERVER = os.environ.get("AFTERIMAGE_URL", "http://127.0.0.1:4500")
HEADERS = {"Authorization": f"Bearer {os.environ.get('AFTERIMAGE_API_KEY', '')}"}


def to_image(source: str) -> str:
    """A URL goes as it is; a file goes as base64, right inside the request."""
    if source.startswith(("http://", "https://")):
        return source
    with open(source, "rb") as file:
        return base64.b64encode(file.read()).decode("ascii")


def submit(image: str, prompt: str) -> dict:
    response = requests.post(
        f"{SERVER}/generate/image/google/nano-banana-pro",
        headers=HEADERS,
        json={"image_urls": [image], "prompt": prompt},
        timeout=60,
    )
    if not response.ok:
        sys.exit(f"{response.status_code}: {response.json()['error']}")
    return response.json()


def wait_for(job_id: str) -> dict:
    while True:
        job = requests.get(f"{SERVER}/jobs/{job_id}", headers=HEADERS, timeout=30).json()
        if job["status"] == "completed":
            return job
        if job["status"] in ("failed", "cancelled"):
            sys.exit(f"Job {job['status']}: {job['result'].get('error')}")
        print(f"Job {job_id}: {job['status']}")
        time.sleep(2)


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit('usage: image_to_image.py <file or URL> "<instruction>" [output]')
    image, prompt = sys.argv[1:3]
    job = submit(to_image(image), prompt)
    print(f"Job {job['job_id']}: {job['status']}")
    completed = wait_for(job["job_id"])
    # Result addresses are public: no Authorization is sent with them.
    url = completed["result"]["urls"][0]
    picture = requests.get(url, timeout=60)
    output = sys.argv[3] if len(sys.argv) > 3 else "result" + os.path.splitext(urlparse(url).path)[1]
    with open(output, "wb") as file:
        file.write(picture.content)
    print(f"Saved {output}")


if __name__ == "__main__":
    main()
