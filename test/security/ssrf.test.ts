/**
 * The guarded fetch against every trick we know. 127.0.0.2 plays the public internet (it is allowed by name of
 * its address), 127.0.0.1 and ::1 hold a canary that no request may ever reach.
 */
import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { after, before, describe, test } from 'node:test'
import { isIP } from 'node:net'
import { createAddressRules, isPublicAddress } from '../../src/net/address-rules.ts'
import { createGuardedConnector } from '../../src/net/guarded-connector.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import type { TestServer } from '../support/http-server.ts'
import { startServer, watchConnectionAttempts } from '../support/http-server.ts'
import { startProof } from '../support/proof.ts'

const PUBLIC = '127.0.0.2'
/** One of each special-purpose range of IANA's registries, and the forms of IPv6 that carry IPv4. */
const SPECIAL = (
  '0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 169.254.1.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 ' +
  '192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 ' +
  '224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::10.0.0.1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1 64:ff9b::a00:1 ' +
  '64:ff9b:1::a00:1 100::1 2001::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 ' +
  '2001:db8::1 2002:a00:1:: 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00::1 fe80::1 fec0::1 ff02::1 ' +
  '2001:470:1:2:0:5efe:a00:1 2a00:1450:1:2:200:5efe:a00:1'
).split(' ')
/** Where redirects must not lead. */
const TARGETS = ['127.0.0.1', '[::1]', '169.254.169.254', '[::ffff:127.0.0.1]', '2130706433', '10.0.0.8']
const LIMITS = { maxBytes: 1000, timeoutMs: 5000 }

let canaries: TestServer[] = []
let site: TestServer
let attempts: ReturnType<typeof watchConnectionAttempts>
/** What names resolve to; a list of lists is answered in turn. */
const names = new Map<string, string[][]>()

async function resolver(host: string): Promise<LookupAddress[]> {
  const answers = names.get(host)
  if (answers === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
  return answer.map((address) => ({ address, family: isIP(address) }))
}

const fetchUntrusted = createGuardedFetch({ allowPrivate: [PUBLIC], resolver })

async function fetchText(url: string): Promise<string> {
  const { body } = await fetchUntrusted(url, LIMITS)
  return Buffer.concat(await body.toArray()).toString()
}

function secretPort(): number {
  return canaries[0]?.port ?? 0
}

before(async () => {
  const secret = await startServer((_, response) => response.end('secret'), { host: '127.0.0.1' })
  const secret6 = await startServer((_, response) => response.end('secret'), {
    host: '::1',
    port: secret.port,
  })
  canaries = [secret, secret6]
  site = await startServer(
    (request, response) => {
      const target = new URL(request.url ?? '/', 'http://site').searchParams.get('to')
      if (target === null) response.end('picture')
      else response.writeHead(302, { location: target }).end()
    },
    { host: PUBLIC },
  )
  attempts = watchConnectionAttempts()
})

after(async () => {
  attempts.stop()
  await Promise.all([...canaries, site].map((server) => server.close()))
})

async function assertRefused(url: string, codes: readonly string[] = ['input_forbidden']): Promise<void> {
  const before = attempts.addresses.length
  await assert.rejects(fetchText(url), (error: Error & { code?: string }) => {
    assert.equal(error.name, 'AfterimageError', `${url}: ${error.message}`)
    assert.ok(codes.includes(error.code ?? ''), `${url}: ${error.code} ${error.message}`)
    assert.doesNotMatch(error.message, /ECONN|undici|stack|node:/u)
    return true
  })
  const dialled = attempts.addresses.slice(before).filter((address) => address !== PUBLIC)
  assert.deepEqual(dialled, [], `${url} must not be dialled`)
}

function assertCanariesUntouched(): void {
  assert.deepEqual(
    canaries.map((canary) => canary.connections()),
    [0, 0],
  )
}

void describe('guarded fetch: the 40 cases', () => {
  void test('a public name and a public literal deliver', async () => {
    names.set('public.test', [[PUBLIC]])
    assert.equal(await fetchText(`http://public.test:${site.port}/`), 'picture')
    assert.equal(await fetchText(`http://${PUBLIC}:${site.port}/`), 'picture')
    assert.deepEqual([...new Set(attempts.addresses)], [PUBLIC], 'the watch sees attempts')
  })

  void test('19 literals are blocked without one connection', async () => {
    const literals = [
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '2130706433',
      '0x7f.0.0.1',
      '017700000001',
      '127.1',
      '0',
      '0.0.0.0',
      '[::]',
      '[64:ff9b::7f00:1]',
      '[fe80::1]',
      '10.0.0.1',
      '192.168.0.1',
      '172.16.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '[fd00:ec2::254]',
    ]
    for (const host of literals) await assertRefused(`http://${host}:${secretPort()}/`)
    assertCanariesUntouched()
  })

  void test('an unknown internal name is a resolver error', async () => {
    await assertRefused('http://vault.internal/', ['input_unreachable'])
  })

  void test('9 names that resolve to forbidden addresses are blocked', async () => {
    const answers = [
      ['127.0.0.1'],
      ['169.254.169.254'],
      [PUBLIC, '127.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['fd00::1'],
      ['64:ff9b::7f00:1'],
      ['2002:7f00:1::'],
      ['100.64.0.1'],
      ['0.0.0.0'],
    ]
    for (const answer of answers) {
      names.set('trick.test', [answer])
      await assertRefused(`http://trick.test:${secretPort()}/`)
    }
    assertCanariesUntouched()
  })

  void test('5 redirects from a public page to private places are blocked', async () => {
    names.set('internal.test', [['10.0.0.8']])
    for (const host of [
      '127.0.0.1',
      '169.254.169.254',
      '[::ffff:127.0.0.1]',
      'internal.test',
      '2130706433',
    ]) {
      const target = encodeURIComponent(`http://${host}:${secretPort()}/`)
      await assertRefused(`http://${PUBLIC}:${site.port}/?to=${target}`)
    }
    assertCanariesUntouched()
  })

  void test('rebinding: the second answer and the answer between two hops are checked again', async () => {
    names.set('rebind.test', [[PUBLIC], ['127.0.0.1']])
    assert.equal(await fetchText(`http://rebind.test:${site.port}/`), 'picture')
    await assertRefused(`http://rebind.test:${site.port}/`)
    names.set('hop.test', [[PUBLIC], ['127.0.0.1']])
    const target = encodeURIComponent(`http://hop.test:${secretPort()}/`)
    await assertRefused(`http://hop.test:${site.port}/?to=${target}`)
    assertCanariesUntouched()
  })

  void test(`${TARGETS.length} private targets behind chains of up to five redirects`, async (context) => {
    const proof = startProof(context, '8. SSRF behind redirects')
    for (const host of TARGETS)
      for (let hops = 1; hops <= 5; hops += 1) {
        proof.try()
        let url = `http://${host}:${secretPort()}/`
        for (let hop = 0; hop < hops; hop += 1)
          url = `http://${PUBLIC}:${site.port}/?to=${encodeURIComponent(url)}`
        await assertRefused(url).catch((error: unknown) => proof.fail(String(error)))
      }
    let good = `http://${PUBLIC}:${site.port}/`
    for (let hop = 0; hop < 5; hop += 1)
      good = `http://${PUBLIC}:${site.port}/?to=${encodeURIComponent(good)}`
    assert.equal(await fetchText(good), 'picture', 'five honest hops are followed')
    assertCanariesUntouched()
    proof.end()
  })

  void test('fifty names whose second answer is private', async (context) => {
    const proof = startProof(context, '8. SSRF by rebinding')
    const privates = ['127.0.0.1', '::1', '10.0.0.8', '169.254.169.254', '::ffff:127.0.0.1']
    for (let n = 0; n < 50; n += 1) {
      proof.try()
      const name = `rebind-${n}.test`
      const answer = privates[n % privates.length] ?? ''
      // Alone or beside the public one, at the second request or at the second hop.
      names.set(name, [[PUBLIC], n % 2 === 0 ? [answer] : [PUBLIC, answer]])
      const start = `http://${name}:${site.port}/`
      const isHop = n % 4 < 2
      if (!isHop) assert.equal(await fetchText(start), 'picture')
      const url = isHop ? `${start}?to=${encodeURIComponent(`http://${name}:${secretPort()}/`)}` : start
      await assertRefused(url).catch((error: unknown) => proof.fail(String(error)))
    }
    assertCanariesUntouched()
    proof.end()
  })

  void test('ports of other protocols are refused, also behind a redirect', async () => {
    for (const port of [22, 25, 110, 143, 587, 6000, 6667]) {
      await assertRefused(`http://${PUBLIC}:${port}/`)
      const target = encodeURIComponent(`http://${PUBLIC}:${port}/`)
      await assertRefused(`http://${PUBLIC}:${site.port}/?to=${target}`)
    }
  })

  void test('of this machine only the ports of the web are fetched, unless it is listed', () => {
    const own = (): string[] => ['203.0.114.7', '2606:4700::7', 'fe80::1%eth0']
    const rules = createAddressRules([], own)
    const allows = (address: string, isWebPort: boolean) => rules.allowsAddress(address, { isWebPort })
    for (const address of ['203.0.114.7', '::ffff:203.0.114.7', '2606:4700::7', '2606:4700:0:0::7']) {
      assert.equal(allows(address, false), false, address)
      assert.equal(allows(address, true), true, address)
    }
    for (const address of ['203.0.114.8', '2606:4700::8']) assert.equal(allows(address, false), true)
    assert.equal(allows('127.0.0.1', true), false, 'the port opens nothing that is private')
    assert.equal(
      createAddressRules(['203.0.114.7'], own).allowsAddress('203.0.114.7', { isWebPort: false }),
      true,
    )
  })

  void test('each connection is judged by its own port', async () => {
    const seen: boolean[] = []
    const allowsAddress = (_address: string, { isWebPort }: { isWebPort: boolean }): boolean => {
      seen.push(isWebPort)
      return false
    }
    const connect = createGuardedConnector({ allowsHost: () => false, allowsAddress }, resolver)
    names.set('own.test', [['203.0.114.7']])
    for (const hostname of ['203.0.114.7', 'own.test'])
      for (const port of ['', '80', '443', '8080']) {
        const options = { hostname, host: hostname, protocol: 'http:', port }
        const error = await new Promise((resolve) => connect(options, (...[refusal]) => resolve(refusal)))
        assert.equal((error as { code?: string }).code, 'input_forbidden')
      }
    assert.deepEqual(seen, [true, true, true, false, true, true, true, false])
  })

  void test('no special-purpose range of the registries is public, nor an IPv4 address inside an IPv6 one', () => {
    for (const address of SPECIAL) assert.equal(isPublicAddress(address), false, address)
    for (const address of ['8.8.8.8', '2606:2800:220:1::1', '2a00:1450:4001:81b::200e'])
      assert.equal(isPublicAddress(address), true, address)
  })

  void test('file: is refused', async () => {
    await assertRefused('file:///etc/passwd')
  })
})
