import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { startAlteringProxy, type Alteration, type Answer } from '../../../packages/cli/test/support/altering-proxy.ts'
import { exportAll } from '../command/export-all.ts'
import { runCommand } from '../command/command.ts'
import { readErrors } from '../exported/errors.ts'
import { fetchFrames, type StoredFrame } from '../exported/known-frames.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, holds, told } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const slices = 24
const unknownSyntax = '1.2.840.99999.1'

/** Exports a series in which four instances fail, each for a different reason. */
export const damagedFramesScenario: Scenario = {
  name: 'damaged-frames',
  title: 'One corrupt, one missing and one undecodable frame, and one unknown transfer syntax',
  async run({ folder }) {
    await using server = await startServer()
    const imported = await server.importStudy(slices)
    const [corrupt, missing, undecodable, unknown, other] = await fetchFrames(server, 5)
    if (other === undefined || corrupt === undefined || missing === undefined) throw new Error('Too few frames')
    if (undecodable === undefined || unknown === undefined) throw new Error('Too few frames')
    const bodies = new Map<StoredFrame, (answer: Answer) => Answer>([
      [corrupt, (answer) => ({ ...answer, body: other.bytes })],
      [missing, () => serviceError(404, 'ResourceNotFoundException')],
      [undecodable, (answer) => ({ ...answer, body: answer.body.map((byte) => byte ^ 0x55) })],
    ])
    const spoiled = [corrupt, missing, undecodable, unknown].map(({ sopInstanceUid }) => sopInstanceUid)
    await using proxy = await startAlteringProxy(server.endpoint, damage({ bodies, unknown, spoiled }))
    const out = join(folder, 'out')
    const { exitCode } = await exportAll(server, out, { env: { AWS_ENDPOINT_URL_MEDICAL_IMAGING: proxy.endpoint } })
    const errors = await readErrors(out)
    const verified = await runCommand(['verify', out])
    const resumed = await exportAll(server, out, { options: ['--resume'] })
    return {
      figures: [
        holds('exit code 1 or 4', exitCode === 1 || exitCode === 4, String(exitCode)),
        equals(
          'instances named in errors.ndjson',
          named(errors),
          named(spoiled.map((uid) => ({ sopInstanceUid: uid }))),
        ),
        told('their codes', errors.map(({ code }) => code).join(', ')),
        equals('exit code of `verify`', verified.exitCode, 1),
        equals('exit code of `--resume` when AHI is mended', resumed.exitCode, 0),
        ...(await verifiedFigures(out, imported)),
      ],
    }
  },
}

/** Spoils frames, the document of one instance, and AHI's own files of all four. */
function damage({
  bodies,
  unknown,
  spoiled,
}: {
  readonly bodies: ReadonlyMap<StoredFrame, (answer: Answer) => Answer>
  readonly unknown: StoredFrame
  readonly spoiled: readonly string[]
}): Alteration {
  return (answer, path) => {
    if (spoiled.some((uid) => path.includes(`/instances/${uid}`))) return serviceError(406, 'NotAcceptableException')
    if (path.includes('getImageSetMetadata')) return { ...answer, body: withUnknownSyntax(answer.body, unknown) }
    if (!path.endsWith('/getImageFrame')) return answer
    for (const [{ bytes }, alter] of bodies) if (Buffer.compare(bytes, answer.body) === 0) return alter(answer)
    return answer
  }
}

function withUnknownSyntax(body: Uint8Array, { sopInstanceUid }: StoredFrame): Uint8Array {
  const text = gunzipSync(body).toString()
  const [before = '', after] = text.split(`"${sopInstanceUid}":{`)
  if (after === undefined) return body
  const changed = after.replace(/"StoredTransferSyntaxUID":"[\d.]+"/, `"StoredTransferSyntaxUID":"${unknownSyntax}"`)
  return gzipSync(`${before}"${sopInstanceUid}":{${changed}`)
}

function serviceError(status: number, name: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': name }
  return { status, headers, body: Buffer.from(JSON.stringify({ message: name })) }
}

function named(lines: readonly { readonly sopInstanceUid?: string }[]): string {
  return lines
    .map(({ sopInstanceUid = '' }) => sopInstanceUid.slice(-6))
    .sort()
    .join(' ')
}
