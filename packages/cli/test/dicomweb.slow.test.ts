import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** Creates another data store. Returns the URL of its DICOMweb service. */
async function newServer(): Promise<string> {
  const { datastoreId } = await ahi.emulator.createDatastore()
  return `${ahi.emulator.endpoint}/datastore/${datastoreId}`
}

async function storedUids(url: string): Promise<unknown[]> {
  const found: unknown = await (await fetch(`${url}/instances`)).json()
  return Array.isArray(found) ? found : []
}

describe('a DICOMweb server', () => {
  test('gets all instances, and a record in a folder resumes the export', async () => {
    const url = await newServer()
    const record = join(await makeFolder(), 'record')
    const args = ['export', '--all', '--out', url, '--record', record]
    const { exitCode, stdout, stderr } = await ahi.run(args, { env: { AHI_DICOM_OUT_TOKEN: 'any' } })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`${ahi.imported} instances written`)
    expect(stdout).toContain(`to ${url}`)
    expect(await storedUids(url)).toHaveLength(ahi.imported)
    const manifest = await readManifestFiles(record)
    expect(manifest.map(({ answer }) => answer)).toEqual(manifest.map(() => ({ status: '200' })))
    const resumed = await ahi.run(['export', '--out', url, '--record', record, '--resume', '--json'])
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(resumed.stdout)).toMatchObject({ instances: { written: 0, skipped: ahi.imported } })
    const other = await ahi.run(['export', '--all', '--out', await newServer(), '--record', record, '--resume'])
    expect(other).toMatchObject({ exitCode: 2, stdout: '' })
    expect(other.stderr).toContain(`the record is that of an export to "${url}"; choose another`)
  })

  test('that takes none of them has each named, where no record does', async () => {
    const refusing = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        if (request.method === 'GET') response.writeHead(204).end()
        else response.writeHead(415).end()
      })
    })
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    const address = refusing.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/dicom-web`
    const { exitCode, stdout, stderr } = await ahi.run(['export', '--all', '--out', url, '--quiet'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    const named = stderr
      .trim()
      .split('\n')
      .map((line) => /^ahi-dicom: Cannot store instance ([\d.]+) at /.exec(line)?.[1])
    expect(new Set(named).size).toBe(ahi.imported)
    expect(named).not.toContain(undefined)
    const record = join(await makeFolder(), 'record')
    const recorded = await ahi.run(['export', '--all', '--out', url, '--record', record])
    expect(recorded).toMatchObject({ exitCode: 1, stderr: '' })
    await new Promise((resolve) => refusing.close(resolve))
  })

  test('is asked by ping', async () => {
    const url = await newServer()
    expect(await ahi.run(['ping', url])).toMatchObject({
      exitCode: 0,
      stdout: `${url} can be written\nIt answers searches. The first instance will show whether it accepts instances.\n`,
    })
    const lost = await ahi.run(['ping', `${ahi.emulator.endpoint}/none`])
    expect(lost).toMatchObject({ exitCode: 7 })
    expect(lost.stderr).toContain('check the URL')
    const gone = await ahi.run(['ping', 'http://127.0.0.1:9/dicom-web'])
    expect(gone).toMatchObject({ exitCode: 5 })
    expect(gone.stderr).toContain('ECONNREFUSED')
  })

  test('cannot be verified, brought up to date, or get pictures', async () => {
    const url = await newServer()
    for (const [args, why] of [
      [['verify', url], 'instances are not read back'],
      [['sync', '--all', '--out', url], 'are not replaced or removed'],
      [['export', '--all', '--out', url, '--format', 'png'], 'accepts only DICOM'],
      [['export', '--all', '--out', url, '--resume'], 'it has no record to resume from'],
    ] as const) {
      const { exitCode, stderr } = await ahi.run(args)
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(why) })
    }
  })

  test('takes signed requests', async () => {
    const url = await newServer()
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
    const args = ['export', '--all', '--out', url, '--out-sigv4', 'medical-imaging', '--out-region', 'us-east-1']
    expect(await ahi.run(args, { env: keys })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await storedUids(url)).toHaveLength(ahi.imported)
  })

  test.each([
    [['--out', 'https://user:secret@pacs.example/x'], 'give --out-user and AHI_DICOM_OUT_PASSWORD'],
    [['--out', 'https://pacs.example/x?token=secret'], 'a URL with a query'],
    [['--out', 'https://pacs.example/x/studies/'], 'leave /studies out'],
    [['--out', 'https://'], 'it is not a valid URL'],
    [['--out', 'https://pacs.example', '--out-user', 'me'], 'set AHI_DICOM_OUT_PASSWORD'],
    [['--out', 'https://pacs.example', '--out-user', 'me', '--out-sigv4', 'x'], '--out-user and --out-sigv4'],
    [['--out', 'https://pacs.example', '--out-cert', 'a.pem'], 'give both'],
    [['--out', 'https://pacs.example', '--out-ca', 'none.pem'], 'the file of --out-ca: ENOENT'],
    [['--out', './folder', '--out-user', 'me'], 'Cannot use --out-user with a folder'],
  ])('%j is a usage error', async (args, why) => {
    const { exitCode, stderr } = await ahi.run(['export', '--all', ...args])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(why) })
    expect(stderr).not.toContain('secret')
  })

  test('shows no secret when it refuses one', async () => {
    const folder = await makeFolder()
    const file = join(folder, 'token')
    await writeFile(file, 'my secret token')
    const { exitCode, stderr } = await ahi.run(['ping', await newServer(), '--out-token-file', file])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 7,
      stderr: expect.stringContaining('invalid characters'),
    })
    expect(stderr).not.toContain('secret')
  })
})
