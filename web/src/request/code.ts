/** The request of the page as a program, with this server's address and a key from the environment. */
import type { Composed } from './compose.ts'

export const LANGUAGES = ['cURL', 'TypeScript', 'Python', 'Go'] as const
export type Language = (typeof LANGUAGES)[number]
type Request = Pick<Composed, 'path' | 'body'> & {
  baseUrl: string
  /** Empty for none. */
  webhookUrl?: string
}

export function codeFor(language: Language, request: Request): string {
  const write = { cURL: curl, TypeScript: typescript, Python: python, Go: go }[language]
  return write(request)
}

function curl({ baseUrl, path, body, webhookUrl = '' }: Request): string {
  const json = quoted(JSON.stringify(body, null, 2))
  return [
    `curl ${baseUrl}/generate/${path} \\`,
    `  -H "Authorization: Bearer $AFTERIMAGE_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    ...(webhookUrl === '' ? [] : [`  -H 'X-Webhook-URL: ${quoted(webhookUrl)}' \\`]),
    `  -d '${json}'`,
    '',
    '# Then, with the job_id of the answer, until its status is "completed":',
    `curl ${baseUrl}/jobs/JOB_ID -H "Authorization: Bearer $AFTERIMAGE_API_KEY"`,
  ].join('\n')
}

/** A quote inside single quotes ends them, stands alone, and opens them again. */
function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`)
}

function typescript({ baseUrl, path, body, webhookUrl = '' }: Request): string {
  return [
    `import { Afterimage } from '@afterimage/sdk'`,
    '',
    'const client = new Afterimage({',
    `  baseUrl: '${baseUrl}',`,
    '  apiKey: process.env.AFTERIMAGE_API_KEY,',
    '})',
    '',
    `const { data } = await client.subscribe('${path}', {`,
    `  input: ${indent(JSON.stringify(body, null, 2), '  ')},`,
    ...(webhookUrl === '' ? [] : [`  webhookUrl: ${JSON.stringify(webhookUrl)},`]),
    '  onQueueUpdate: ({ status, progress }) => console.log(status, progress?.percent),',
    '})',
    'console.log(data.urls)',
  ].join('\n')
}

function python({ baseUrl, path, body, webhookUrl = '' }: Request): string {
  return [
    'import os',
    'import time',
    '',
    'import requests',
    '',
    `BASE_URL = ${JSON.stringify(baseUrl)}`,
    'HEADERS = {"Authorization": f"Bearer {os.environ[\'AFTERIMAGE_API_KEY\']}"}',
    '',
    'answer = requests.post(',
    `    f"{BASE_URL}/generate/${path}",`,
    webhookUrl === ''
      ? '    headers=HEADERS,'
      : `    headers={**HEADERS, "X-Webhook-URL": ${JSON.stringify(webhookUrl)}},`,
    `    json=${indent(pythonLiteral(body), '    ')},`,
    '    timeout=60,',
    ')',
    'answer.raise_for_status()',
    'job = answer.json()',
    '',
    'while job["status"] not in ("completed", "failed", "cancelled"):',
    '    time.sleep(1)',
    '    job = requests.get(f"{BASE_URL}/jobs/{job[\'job_id\']}", headers=HEADERS, timeout=60).json()',
    '',
    'print(job["status"], job["result"])',
  ].join('\n')
}

/** JSON is Python but for its three words. */
function pythonLiteral(value: unknown, depth = 0): string {
  const pad = '    '.repeat(depth + 1)
  const end = '    '.repeat(depth)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const items = Array.isArray(value)
    ? value.map((item) => pythonLiteral(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return items.length === 0
    ? open + close
    : `${open}\n${items.map((item) => `${pad}${item},\n`).join('')}${end}${close}`
}

function go({ baseUrl, path, body, webhookUrl = '' }: Request): string {
  const json = JSON.stringify(body, null, 2).replaceAll('`', '` + "`" + `')
  return `package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

const baseURL = ${JSON.stringify(baseUrl)}

const input = \`${json}\`

type job struct {
	ID     string \`json:"job_id"\`
	Status string \`json:"status"\`
	Result struct {
		URLs  []string \`json:"urls"\`
		Error string   \`json:"error"\`
	} \`json:"result"\`
}

func call(method, path, body string) (answer job) {
	request, err := http.NewRequest(method, baseURL+path, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AFTERIMAGE_API_KEY"))
	request.Header.Set("Content-Type", "application/json")${
    webhookUrl === ''
      ? ''
      : `
	if method == "POST" {
		request.Header.Set("X-Webhook-URL", ${JSON.stringify(webhookUrl)})
	}`
  }
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		log.Fatal(response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	return answer
}

func main() {
	current := call("POST", "/generate/${path}", input)
	for current.Status != "completed" && current.Status != "failed" && current.Status != "cancelled" {
		time.Sleep(time.Second)
		current = call("GET", "/jobs/"+current.ID, "")
	}
	fmt.Println(current.Status, current.Result.URLs, current.Result.Error)
}`
}

function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`)
}
