import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileContent, OutputFile } from '@ahi-dicom/export-files'

/** Creates an empty folder. It is removed with its contents when the result is disposed. */
export function temporaryFolder(): Disposable & { readonly path: string; readonly at: (name: string) => string } {
  const path = mkdtempSync(join(tmpdir(), 'exporter-archive-'))
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Returns a DICOM file to write to a destination. */
export function fileOf(path: string, content: string | FileContent): OutputFile {
  const chunks = typeof content === 'string' ? [Buffer.from(content)] : content
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks }
}

/** Returns pseudorandom bytes. The same seed gives the same bytes. */
export function noise(byteLength: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(byteLength)
  let state = seed >>> 0 || 1
  for (let position = 0; position < byteLength; position++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[position] = state >>> 24
  }
  return bytes
}

/** Returns whether a program is installed. If not, prints that its tests are skipped, or throws in CI. */
export function hasProgram(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['CI'] !== undefined) throw new Error(`CI has no ${program}: run test/tools/install.sh`)
    console.warn(`Not compared with ${program}: it is not installed`)
    return false
  }
}

/** Reads an archive with Python, and returns the SHA-256 of each file. */
export function readByPython(path: string): Readonly<Record<string, string>> {
  const script = `
import hashlib, json, sys, tarfile, zipfile
path = sys.argv[1]
found = {}
if path.endswith('.zip'):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            assert name not in found, name
            found[name] = hashlib.sha256(archive.read(name)).hexdigest()
else:
    with tarfile.open(path) as archive:
        for member in archive:
            assert member.isfile() and member.name not in found, member.name
            found[member.name] = hashlib.sha256(archive.extractfile(member).read()).hexdigest()
json.dump(found, sys.stdout)
`
  return JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 }))
}
