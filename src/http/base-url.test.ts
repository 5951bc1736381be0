import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBaseUrls } from './base-url.ts'

const port = (): number => 4500
const local = createBaseUrls({ publicUrl: null, host: '127.0.0.1', port })
const published = createBaseUrls({ publicUrl: 'https://img.example/api', host: '0.0.0.0', port })

void describe('base URLs', () => {
  void test('follow the loopback name that the caller used, with its port', () => {
    assert.equal(local.forHost('localhost:4500'), 'http://localhost:4500')
    assert.equal(local.forHost('127.0.0.1:4500'), 'http://127.0.0.1:4500')
    assert.equal(local.forHost('[::1]:4500'), 'http://[::1]:4500')
    assert.equal(local.forHost('localhost:8080'), 'http://localhost:8080')
  })

  void test('a forged or broken Host header falls back to the bound address', () => {
    for (const header of [
      undefined,
      '',
      'evil.example',
      'evil.example:4500',
      'localhost:4500/x',
      'a@localhost',
    ])
      assert.equal(local.forHost(header), 'http://127.0.0.1:4500', header)
    assert.equal(local.forHost('localhost:99999'), 'http://127.0.0.1:4500')
  })

  void test('the configured name counts, on the bound port only', () => {
    const named = createBaseUrls({ publicUrl: null, host: 'box.lan', port })
    assert.equal(named.forHost('box.lan:4500'), 'http://box.lan:4500')
    assert.equal(named.forHost('box.lan:1'), 'http://box.lan:4500')
  })

  void test('the public URL wins over every header', () => {
    assert.equal(published.forHost('localhost:4500'), 'https://img.example/api')
    assert.equal(published.main(), 'https://img.example/api')
  })

  void test('an unspecified address is shown as loopback', () => {
    assert.equal(createBaseUrls({ publicUrl: null, host: '::', port }).main(), 'http://127.0.0.1:4500')
  })

  void test('own addresses are recognised, others are not', () => {
    assert.ok(local.isOwn(new URL('http://localhost:4500/files/a')))
    assert.ok(published.isOwn(new URL('https://img.example/api/files/a')))
    assert.ok(!published.isOwn(new URL('https://img.example/other')))
    assert.ok(!local.isOwn(new URL('https://example.com/files/a')))
  })
})
