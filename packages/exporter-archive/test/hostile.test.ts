import { execFileSync } from 'node:child_process'
import { readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Destination } from '@ahi-dicom/export-files'
import { archiveDestination } from '@ahi-dicom/exporter-archive'
import { fileOf, noise, temporaryFolder } from './support.ts'

function make(path: string, script: string): void {
  execFileSync('python3', ['-c', script, path])
}

async function contentOf(destination: Destination, path: string): Promise<Buffer | undefined> {
  const content = await destination.read?.(path)
  if (content === undefined) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function listOf(destination: Destination): Promise<readonly unknown[]> {
  const files: unknown[] = []
  for await (const file of destination.list?.() ?? []) files.push(file)
  return files
}

describe('an archive from another program', () => {
  test('with paths that lead out of it, or with links, is only read', async () => {
    using folder = temporaryFolder()
    make(
      folder.at('x.zip'),
      `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    archive.writestr('../outside.dcm', 'out')
    archive.writestr('/etc/passwd', 'root')
    archive.writestr('folder/', '')
    link = zipfile.ZipInfo('link.dcm')
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    archive.writestr(link, '/etc/passwd')
`,
    )
    make(
      folder.at('x.tar'),
      `
import io, sys, tarfile
with tarfile.open(sys.argv[1], 'w') as archive:
    for name, text in (('../outside.dcm', b'out'), ('/etc/passwd', b'root')):
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    folder = tarfile.TarInfo('folder')
    folder.type = tarfile.DIRTYPE
    archive.addfile(folder)
    link = tarfile.TarInfo('link.dcm')
    link.type, link.linkname = tarfile.SYMTYPE, '/etc/passwd'
    archive.addfile(link)
`,
    )
    for (const name of ['x.zip', 'x.tar']) {
      const destination = archiveDestination({ path: folder.at(name) })
      expect(await listOf(destination)).toEqual([
        { path: '../outside.dcm', byteLength: 3 },
        { path: '/etc/passwd', byteLength: 4 },
        { path: 'link.dcm', byteLength: 0, isLink: true },
      ])
      expect(await contentOf(destination, '../outside.dcm')).toEqual(Buffer.from('out'))
      expect(await contentOf(destination, 'link.dcm')).toBeUndefined()
    }
  })

  test('with wrong sizes is not read beyond the stated size', async () => {
    using folder = temporaryFolder()
    const path = folder.at('bomb.zip')
    make(
      path,
      `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.writestr('bomb.dcm', b'\\0' * 50_000_000)
`,
    )
    const bytes = readFileSync(path)
    const directory = bytes.lastIndexOf(Buffer.from('PK\x01\x02'))
    bytes.writeUInt32LE(1000, directory + 24)
    writeFileSync(path, bytes)
    await expect(contentOf(archiveDestination({ path }), 'bomb.dcm')).rejects.toMatchObject({
      code: 'OUTPUT_NOT_READABLE',
    })
    bytes.writeUInt32LE(4_000_000_000, directory + 24)
    writeFileSync(path, bytes)
    await expect(contentOf(archiveDestination({ path }), 'bomb.dcm')).rejects.toMatchObject({
      code: 'OUTPUT_NOT_READABLE',
    })
  })

  test.each(['zip', 'tar'])('that is truncated is refused (%s)', async (format) => {
    using folder = temporaryFolder()
    const path = folder.at(`x.${format}`)
    const destination = archiveDestination({ path })
    await destination.open()
    await destination.write(fileOf('1.dcm', [noise(50_000)]))
    await destination.close()
    truncateSync(path, Math.floor(statSync(path).size / 2))
    await expect(listOf(archiveDestination({ path }))).rejects.toMatchObject({ code: 'OUTPUT_NOT_READABLE' })
  })

  test.each(['zip', 'tar'])('that is missing, or contains random bytes, is refused (%s)', async (format) => {
    using folder = temporaryFolder()
    const path = folder.at(`x.${format}`)
    await expect(listOf(archiveDestination({ path }))).rejects.toMatchObject({ code: 'OUTPUT_NOT_FOUND' })
    for (let seed = 1; seed <= 50; seed++) {
      writeFileSync(path, noise(2000, seed))
      await expect(listOf(archiveDestination({ path }))).rejects.toMatchObject({ code: 'OUTPUT_NOT_READABLE' })
    }
  })

  test.each(['zip', 'tar'])(
    'with any byte changed is either read or refused with a clear error (%s)',
    async (format) => {
      using folder = temporaryFolder()
      const path = folder.at(`x.${format}`)
      const destination = archiveDestination({ path })
      await destination.open()
      await destination.write(fileOf('1.dcm', [noise(100)]))
      await destination.close()
      const bytes = readFileSync(path)
      const others = new Set<unknown>()
      for (let position = 0; position < bytes.byteLength; position += 3) {
        const changed = Buffer.from(bytes)
        changed.writeUInt8((changed.readUInt8(position) + 1 + position) & 0xff, position)
        writeFileSync(path, changed)
        const outcome = await contentOf(archiveDestination({ path }), '1.dcm').catch((error: unknown) => error)
        if (outcome instanceof Error && !('code' in outcome && outcome.code === 'OUTPUT_NOT_READABLE'))
          others.add(outcome)
      }
      expect([...others]).toEqual([])
    },
  )
})
