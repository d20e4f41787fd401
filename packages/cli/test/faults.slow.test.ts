import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTerminal, runCommand } from '@ahi-dicom/cli'

import { startAlteringProxy, startScriptedServer, type Alteration, type Answer } from './support/altering-proxy.ts'
import { makeFolder, readJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

const store = '0123456789abcdef0123456789abcdef'
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

function serviceError(status: number, name: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
    body: Buffer.from(JSON.stringify({ message: name })),
  }
}

interface ExportResult extends CliResult {
  readonly errors: Record<string, unknown>[]
  readonly warnings: Record<string, unknown>[]
}

/** Exports everything through a proxy that alters answers. Returns the entries of errors.ndjson and warnings.ndjson. */
async function exportThrough(alter: Alteration): Promise<ExportResult> {
  await using proxy = await startAlteringProxy(ahi.emulator.endpoint, alter)
  const out = await makeFolder()
  const env = { AWS_MAX_ATTEMPTS: '2' }
  const result = await ahi.run(['export', '--all', '--out', out, '--endpoint-url', proxy.endpoint], { env })
  const [errors = [], warnings = []] = await Promise.all(
    ['errors.ndjson', 'warnings.ndjson'].map((name) => readJsonLines(join(out, name)).catch(() => [])),
  )
  return { ...result, errors, warnings }
}

/** Alters the answers to the first request of an operation and to its retries. */
function firstFrame(alter: (answer: Answer) => Answer): Alteration {
  let first: string | undefined
  return (answer, path) => {
    if (!path.endsWith('/getImageFrame')) return answer
    first ??= Buffer.from(answer.body).toString('base64')
    return Buffer.from(answer.body).toString('base64') === first ? alter(answer) : answer
  }
}

describe('credentials', () => {
  test('that are missing are fatal', async () => {
    const { exitCode, stderr } = await runCli(['datastores', '--region', 'us-east-1'])
    expect(exitCode).toBe(7)
    expect(stderr).toMatch(/^ahi-dicom: Cannot list data stores: there are no AWS credentials.*AWS_PROFILE.*\n$/)
  })

  test('are not made up where a profile is named', async () => {
    const result = await ahi.run(['datastores', '--profile', 'no-such-profile'])
    expect(result).toMatchObject({ exitCode: 7, stdout: '' })
  })

  test.each([
    [403, 'ExpiredTokenException'],
    [403, 'UnrecognizedClientException'],
    [403, 'AccessDeniedException'],
  ])('refused with %i %s are fatal', async (status, name) => {
    await using server = await startScriptedServer(serviceError(status, name))
    const { exitCode, stdout, stderr } = await runCli([
      'search',
      '--datastore-id',
      store,
      '--endpoint-url',
      server.endpoint,
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' })
    expect(stderr).toContain(name)
  })

  test('that expire during an export stop it, and say how to go on', async () => {
    const { exitCode, stdout, stderr } = await exportThrough((answer, path) =>
      path.endsWith('/getImageFrame') ? serviceError(403, 'ExpiredTokenException') : answer,
    )
    expect(exitCode).toBe(7)
    expect(stderr).toContain('ExpiredTokenException')
    expect(stdout).toContain('--resume')
  })
})

describe('the service', () => {
  test('that nobody answers for has a wrong address', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    const port = typeof address === 'object' ? address?.port : 0
    const { exitCode, stderr } = await runCli(['datastores', '--endpoint-url', `http://127.0.0.1:${port}`])
    expect(exitCode).toBe(7)
    expect(stderr).toContain('ECONNREFUSED')
  })

  test('that throttles may do better later', async () => {
    await using server = await startScriptedServer(serviceError(429, 'ThrottlingException'))
    const env = { AWS_MAX_ATTEMPTS: '1' }
    const { exitCode } = await runCli(['search', '--datastore-id', store, '--endpoint-url', server.endpoint], { env })
    expect(exitCode).toBe(5)
  })
})

describe('metadata', () => {
  const bodies: [string, Uint8Array][] = [
    ['neither gzip nor JSON', Buffer.from('hello')],
    ['a cut gzip', gzipSync('{"SchemaVersion":"1.1"}').subarray(0, 20)],
    ['gzip of no JSON', gzipSync('hello')],
    ["JSON that is not AHI's", gzipSync('{"a":1}')],
  ]

  test.each(bodies)('that is %s is refused', async (_, body) => {
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer) => ({ ...answer, body }))
    const id = ahi.imageSets[0]?.imageSetId ?? ''
    const { exitCode, stdout, stderr } = await ahi.run(['metadata', id, '--endpoint-url', proxy.endpoint], {
      env: { AWS_MAX_ATTEMPTS: '1' },
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^ahi-dicom: Cannot .* image set .?${id}.*\\n$`))
  })

  test.each(bodies)('that is %s fails its image set in an export, and the others are written', async (_, body) => {
    const broken = ahi.imageSets[0]?.imageSetId ?? ''
    const { exitCode, errors, stdout } = await exportThrough((answer, path) =>
      path.includes(`${broken}/getImageSetMetadata`) ? { ...answer, body } : answer,
    )
    expect(exitCode).toBe(5)
    expect(errors).toMatchObject([{ imageSetId: broken, code: 'AHI_RESPONSE', retryable: true }])
    expect(stdout).toContain('1 image set failed')
    expect(stdout).not.toMatch(/^0 instances written/)
  })
})

describe('series of an image set whose metadata', () => {
  test.each([
    ['are damaged may be there the next time', 200, 5],
    ['do not exist will not be there', 404, 1],
  ])('%s', async (_, status, expected) => {
    const broken = ahi.imageSets[0]?.imageSetId ?? ''
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer, path) =>
      path.includes(`${broken}/getImageSetMetadata`) ? { ...answer, status, body: Buffer.from('{}') } : answer,
    )
    const { exitCode, stdout, stderr } = await ahi.run(
      ['series', '--study', ahi.studyInstanceUid, '--json', '--endpoint-url', proxy.endpoint],
      { env: { AWS_MAX_ATTEMPTS: '1' } },
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: expected, stderr: expect.stringContaining(broken) })
    expect(stdout.trim().split('\n')).toHaveLength(ahi.imageSets.length - 1)
  })
})

describe('a frame', () => {
  const bodies: [string, (body: Uint8Array) => Uint8Array][] = [
    ['cut', (body) => body.subarray(0, body.length / 2)],
    ['no image', () => Buffer.from('small')],
  ]

  test.each(bodies)('that is %s has the whole instance fetched, and that is said', async (_, damage) => {
    const alter = firstFrame((answer) => ({ ...answer, body: damage(answer.body) }))
    const { exitCode, errors, warnings, stdout } = await exportThrough(alter)
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] })
    expect(warnings).toMatchObject([{ code: 'WHOLE_INSTANCE_USED', instances: 1, sopInstanceUid: expect.any(String) }])
    expect(stdout).toMatch(/warnings: .*warnings\.ndjson \(WHOLE_INSTANCE_USED 1\)/)
  })

  test.each(bodies)('that is %s is named with its instance where that cannot be had', async (_, damage) => {
    const alter = firstFrame((answer) => ({ ...answer, body: damage(answer.body) }))
    const { exitCode, errors } = await exportThrough((answer, path) =>
      path.includes('/studies/') ? serviceError(403, 'AccessDeniedException') : alter(answer, path),
    )
    expect(exitCode).toBe(1)
    expect(errors).toMatchObject([{ sopInstanceUid: expect.any(String), imageFrameId: expect.any(String) }])
  })

  test('with the pixels of another is a checksum mismatch', async () => {
    const seen: Uint8Array[] = []
    const { exitCode, errors, stdout } = await exportThrough((answer, path) => {
      if (!path.endsWith('/getImageFrame')) return answer
      seen.push(answer.body)
      return seen.length === 1 ? answer : { ...answer, body: seen[0] ?? answer.body }
    })
    expect(exitCode).toBe(4)
    expect(errors.map(({ code }) => code)).toContain('FRAME_CHECKSUM_MISMATCH')
    expect(stdout).toContain('do not match their checksum')
  })

  test('that AHI does not have is named with its instance', async () => {
    const { exitCode, errors } = await exportThrough(firstFrame(() => serviceError(404, 'ResourceNotFoundException')))
    expect(exitCode).toBe(1)
    expect(errors).toMatchObject([
      { sopInstanceUid: expect.any(String), imageFrameId: expect.any(String), retryable: false },
    ])
  })

  test('whose transfer breaks off every time may come later', async () => {
    const { exitCode, errors, stdout } = await exportThrough(firstFrame((answer) => ({ ...answer, cut: true })))
    expect(exitCode).toBe(5)
    expect(errors).toMatchObject([{ retryable: true }])
    expect(stdout).toContain('run it again with --resume')
  })
})

describe('the folder of an export', () => {
  test('must not be a file', async () => {
    const file = join(await makeFolder(), 'file')
    await writeFile(file, '')
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', file])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('a file is where a folder has to be')
  })

  test('must be writable', async () => {
    const folder = join(await makeFolder(), 'read-only')
    await mkdir(folder)
    await chmod(join(folder, '..'), 0o755)
    await chmod(folder, 0o555)
    const nobody = 65_534
    const options = process.getuid?.() === 0 ? { uid: nobody } : {}
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', folder], options)
    expect(exitCode).toBe(7)
    expect(stderr).toContain('read-only, or permission is missing')
  })

  test.skipIf(!canMount())('must have room', async () => {
    const folder = await makeFolder()
    const script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    const wrapper = ['unshare', '-rm', 'sh', '-c', script, folder]
    const { exitCode, stdout, stderr } = await ahi.run(['export', '--all', '--out', folder], { wrapper })
    expect(exitCode).toBe(7)
    expect(stderr).toContain('no space is left')
    expect(stdout).toContain('--resume')
  })
})

describe('the record of an export', () => {
  test.skipIf(!canMount())('that finds no inode is named on standard error', async () => {
    const folder = await makeFolder()
    // Enough inodes for the folder, its lock, the manifest and flushed.json.
    const script = 'mount -t tmpfs -o nr_inodes=4 tmpfs "$0" && exec "$@"'
    const wrapper = ['unshare', '-rm', 'sh', '-c', script, folder]
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', folder], { wrapper })
    expect(exitCode).toBe(7)
    expect(stderr).toMatch(/no inode/)
    expect(stderr).not.toMatch(/^ {4}at /m)
  })

  test('that cannot be written because too many files are open says what helps', async () => {
    const folder = await makeFolder()
    for (const limit of [40, 50]) {
      const wrapper = ['sh', '-c', `ulimit -n ${limit}; exec "$0" "$@"`]
      const { exitCode, stdout, stderr } = await ahi.run(['export', '--all', '--overwrite', '--out', folder], {
        wrapper,
      })
      expect(exitCode).toBe(7)
      for (const line of stderr.trimEnd().split('\n')) expect(line).toMatch(/^ahi-dicom: .*ulimit -n.*--concurrency/)
      expect(stderr).toContain('EMFILE')
      expect(stdout).toContain('--resume')
    }
  })
})

/** Always true in CI, so that the test fails instead of being skipped. */
function canMount(): boolean {
  if (process.env['CI'] !== undefined) return true
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('skipped: a full disk needs unshare and a mount of tmpfs')
    return false
  }
}

describe('text of the service', () => {
  const said = 'DOE^JANE \u001b]0;title\u0007\nahi-dicom: all good \u009b2J\u202e'
  const refusal: Answer = {
    ...serviceError(400, 'ValidationException'),
    body: Buffer.from(JSON.stringify({ message: said, __type: said })),
  }

  test.each([
    ['a search', ['search']],
    ['metadata', ['metadata', 'a'.repeat(32)]],
    ['data stores', ['datastores']],
  ])('reaches neither terminal nor log of %s', async (_, args) => {
    await using server = await startScriptedServer(refusal)
    const { stdout, stderr } = await runCli([...args, '--datastore-id', store, '--endpoint-url', server.endpoint])
    expect(stderr).toMatch(/^ahi-dicom: Cannot [^\n]*400 ValidationException[^\n]*\n$/)
    expect(stdout + stderr).not.toMatch(/DOE|title|all good/)
  })

  test('is not told for debugging either: it may name a patient', async () => {
    await using server = await startScriptedServer(refusal)
    const args = ['datastores', '--log-level', 'debug', '--endpoint-url', server.endpoint]
    const { stderr } = await runCli(args)
    expect(stderr).toContain('AhiValidationError')
    expect(stderr).not.toMatch(/DOE|title|all good/)
    // Matches any character that is neither printable nor a line break.
    expect(stderr.replaceAll('\n', '')).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u)
  })

  test('in a listing is replaced, and escaped as JSON', async () => {
    const summary = { datastoreId: store, datastoreName: said, datastoreStatus: 'ACTIVE' }
    const body = Buffer.from(JSON.stringify({ datastoreSummaries: [summary] }))
    await using server = await startScriptedServer({ status: 200, headers: {}, body })
    const table = await runCli(['datastores', '--endpoint-url', server.endpoint])
    expect(table.stdout.replaceAll('\n', '')).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u)
    expect(table.stdout.split('\n')).toHaveLength(3)
    const json = await runCli(['datastores', '--json', '--endpoint-url', server.endpoint])
    expect(json.stdout).toMatch(/^[\x20-\x7e]*\n$/)
    expect(JSON.parse(json.stdout)).toMatchObject({ datastoreName: said })
  })
})

describe('a document that is larger than the limit', () => {
  const document = {
    DatastoreID: store,
    ImageSetID: 'a'.repeat(32),
    Patient: { DICOM: {} },
    Study: {
      DICOM: { StudyInstanceUID: '1', StudyDescription: 'x'.repeat(3000) },
      Series: {
        2: { DICOM: { SeriesInstanceUID: '2' }, Instances: { 3: { DICOM: { SOPInstanceUID: '3' } } } },
      },
    },
  }
  const answer: Answer = { status: 200, headers: {}, body: gzipSync(JSON.stringify(document)) }
  const args = ['metadata', document.ImageSetID, '--datastore-id', store, '--json']

  test('is refused with the option that raises it', async () => {
    await using server = await startScriptedServer(answer)
    const { exitCode, stderr } = await runCli([
      ...args,
      '--endpoint-url',
      server.endpoint,
      '--max-document-bytes',
      '2000',
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('--max-document-bytes')
    const read = await runCli([...args, '--endpoint-url', server.endpoint, '--max-document-bytes', '4000'])
    expect(read.exitCode).toBe(0)
    expect(JSON.parse(read.stdout)).toEqual(document)
  })
})

describe('a command on a terminal', () => {
  test('prints a document in one line without what could drive it', async () => {
    const said = '\u009b31mred\u202e\u2028\u001b]0;title\u0007'
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer, path) => {
      if (!path.endsWith('/getImageSetMetadata')) return answer
      const document: object = JSON.parse(gunzipSync(answer.body).toString())
      return { ...answer, body: Buffer.from(JSON.stringify({ ...document, said })) }
    })
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    const terminal = openTerminal({ stdin: process.stdin, stdout, stderr: new PassThrough(), env: {} })
    const id = ahi.imageSets[0]?.imageSetId ?? ''
    const options = ['--json', '--endpoint-url', proxy.endpoint, '--datastore-id', ahi.emulator.datastoreId]
    const host = { terminal, env: {}, signals: new EventEmitter(), exit: () => {} }
    expect(await runCommand(['metadata', id, ...options], host)).toBe(0)
    const text = String(stdout.read())
    expect(text).toMatch(/^[^\p{Cc}\p{Bidi_Control}\p{Zl}]*\n$/u)
    expect(JSON.parse(text)).toMatchObject({ said })
  })
})

test('a dry run whose search fails does not say that nothing matches', async () => {
  await using server = await startScriptedServer(serviceError(503, 'ServiceUnavailableException'))
  const args = ['export', '--all', '--dry-run', '--datastore-id', store, '--endpoint-url', server.endpoint]
  const { exitCode, stdout, stderr } = await runCli(args, { env: { AWS_MAX_ATTEMPTS: '1' } })
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
  expect(stderr).toMatch(/^ahi-dicom: Cannot search [^\n]*\n$/)
})
