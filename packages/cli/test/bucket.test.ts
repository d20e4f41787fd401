import { runCommand } from '@ahi-dicom/cli'
import { describe, expect, test } from 'vitest'
import { hostDouble } from './support/host-double.ts'

describe('a bucket as destination', () => {
  test.each([
    ['s3://', 'is not a valid bucket name'],
    ['s3://My_Bucket/x', "'My_Bucket' is not a valid bucket name"],
    ['s3://ab', 'is not a valid bucket name'],
    ['s3://bucket/a/../b', "a prefix must not have '.' or '..'"],
  ])('%s is a usage error', async (destination, words) => {
    const host = hostDouble()
    expect(await runCommand(['ping', destination], host)).toBe(2)
    expect(host.said()).toContain(words)
  })

  test.each([
    [['--out-tag', 'novalue'], 'give KEY=VALUE'],
    [['--out-kms-key', 'key'], 'without --out-sse aws:kms'],
    [['--out-writer', '../north'], 'letters (A to Z)'],
    [['--out-endpoint-url', 'host:1'], 'give an http or https URL'],
  ])('%j is a usage error', async (options, words) => {
    const host = hostDouble()
    expect(await runCommand(['ping', 's3://my-bucket/pre fix/ü/', ...options], host)).toBe(2)
    expect(host.said()).toContain(words)
  })

  test.each(['./folder', 's3://my-bucket'])('%s has several writers, whose names are checked', async (destination) => {
    const host = hostDouble()
    expect(await runCommand(['ping', destination, '--out-writer', 'a/b'], host)).toBe(2)
    expect(host.said()).toContain('letters (A to Z)')
  })

  test('an archive has one writer', async () => {
    const host = hostDouble()
    expect(await runCommand(['ping', './a.zip', '--out-writer', 'north'], host)).toBe(2)
    expect(host.said()).toContain('Cannot use --out-writer')
  })

  test('its options are none of a folder', async () => {
    const host = hostDouble()
    expect(await runCommand(['ping', './folder', '--out-region', 'eu-west-1'], host)).toBe(2)
    expect(host.said()).toContain('it applies to s3://BUCKET/PREFIX')
  })

  test('--fast is for destinations that keep digests', async () => {
    const host = hostDouble()
    expect(await runCommand(['verify', './folder', '--fast'], host)).toBe(2)
    expect(host.said()).toContain('Cannot use --fast with a folder')
  })
})
