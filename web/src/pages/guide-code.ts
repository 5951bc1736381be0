/** The code of the guide, for this server. Each piece goes on where the one before it ended. */
import type { Language } from '../request/code.ts'

const MODEL = 'google/nano-banana-pro'
/** Also what the guide's button puts into the Studio: the Code panel there shows the request of the guide. */
export const GUIDE_PROMPT =
  'Weave this picture into a wool rug on a wooden floor, photographed from above in soft light.'
const PICTURE = 'https://example.com/picture.jpg'

type Code = (baseUrl: string) => string

export function sourceCode(language: Language, baseUrl: string): string {
  return SOURCES[language](baseUrl)
}

export function submitCode(language: Language, baseUrl: string): string {
  return SUBMITS[language](baseUrl)
}

export function pollCode(language: Language, baseUrl: string): string {
  return POLLS[language](baseUrl)
}

const SOURCES: Readonly<Record<Language, Code>> = {
  cURL: (baseUrl) => `# A file of yours: upload it once, use its image_url
curl ${baseUrl}/assets \\
  -H "Authorization: Bearer $AFTERIMAGE_API_KEY" \\
  -F file=@picture.jpg

# Or the address of a picture
IMAGE_URL=${PICTURE}`,
  TypeScript: (baseUrl) => `import { readFile } from 'node:fs/promises'
import { Afterimage } from '@afterimage/sdk'

const client = new Afterimage({
  baseUrl: '${baseUrl}',
  apiKey: process.env.AFTERIMAGE_API_KEY,
})

// A file of yours, as base64
const picture = (await readFile('picture.jpg')).toString('base64')

// Or the address of a picture
// const picture = '${PICTURE}'`,
  Python: (baseUrl) => `import base64
import os
import time

import requests

BASE_URL = "${baseUrl}"
HEADERS = {"Authorization": f"Bearer {os.environ['AFTERIMAGE_API_KEY']}"}

# A file of yours, as base64
with open("picture.jpg", "rb") as file:
    picture = base64.b64encode(file.read()).decode()

# Or the address of a picture
# picture = "${PICTURE}"`,
  Go: (baseUrl) => `package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

const baseURL = "${baseUrl}"

// A file of yours, as base64. The address of a picture does as well.
func picture() string {
	data, err := os.ReadFile("picture.jpg")
	if err != nil {
		log.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}`,
}

const SUBMITS: Readonly<Record<Language, Code>> = {
  cURL: (baseUrl) => `curl ${baseUrl}/generate/image/${MODEL} \\
  -H "Authorization: Bearer $AFTERIMAGE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "prompt": "${GUIDE_PROMPT}",
    "image_urls": ["'"$IMAGE_URL"'"]
  }'`,
  TypeScript: () => `const job = await client.image('${MODEL}', {
  prompt: '${GUIDE_PROMPT}',
  image_urls: [picture],
})
console.log(job.job_id)`,
  Python: () => `answer = requests.post(
    f"{BASE_URL}/generate/image/${MODEL}",
    headers=HEADERS,
    json={
        "prompt": "${GUIDE_PROMPT}",
        "image_urls": [picture],
    },
    timeout=60,
)
answer.raise_for_status()
job = answer.json()
print(job["job_id"])`,
  Go: () => `type job struct {
	ID     string \`json:"job_id"\`
	Status string \`json:"status"\`
	Result struct {
		URLs []string \`json:"urls"\`
	} \`json:"result"\`
}

func call(method, path string, body any) (answer job) {
	data, err := json.Marshal(body)
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(method, baseURL+path, bytes.NewReader(data))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AFTERIMAGE_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	return answer
}

func start() job {
	return call("POST", "/generate/image/${MODEL}", map[string]any{
		"prompt":     "${GUIDE_PROMPT}",
		"image_urls": []string{picture()},
	})
}`,
}

const POLLS: Readonly<Record<Language, Code>> = {
  cURL: (baseUrl) => `curl ${baseUrl}/jobs/JOB_ID -H "Authorization: Bearer $AFTERIMAGE_API_KEY"`,
  TypeScript: () => `const { result } = await client.jobs.wait(job.job_id)
console.log(result.urls[0])`,
  Python: () => `while job["status"] not in ("completed", "failed", "cancelled"):
    time.sleep(2)
    job = requests.get(f"{BASE_URL}/jobs/{job['job_id']}", headers=HEADERS, timeout=60).json()

if job["status"] != "completed":
    raise SystemExit(job["result"].get("error", job["status"]))
print(job["result"]["urls"][0])`,
  Go: () => `func main() {
	current := start()
	for current.Status != "completed" && current.Status != "failed" && current.Status != "cancelled" {
		time.Sleep(2 * time.Second)
		current = call("GET", "/jobs/"+current.ID, nil)
	}
	fmt.Println(current.Status, current.Result.URLs)
}`,
}
