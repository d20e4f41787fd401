import { join } from 'node:path'
import { measureCommand } from '../measure/measure-command.ts'
import type { ResultCollector } from '../measure/results.ts'
import type { ServerProcess } from '../server/server-process.ts'

/** Frames for the bare programs. */
export interface FramesToMeasure {
  readonly slices: number
  /** A file of `Frames`. */
  readonly framesFile: string
  /** Mean length of a frame as stored, in bytes. */
  readonly storedByteLength: number
}

/** CPU seconds of bare programs that do the work of an export and nothing else. */
export interface CtFloors {
  readonly decode: number
  readonly fetch: number
  /** CPU seconds of the server during `fetch`. */
  readonly fetchServer: number
  /** Files of decoded pixels. */
  readonly writeDecoded: number
  /** Files of frames as stored. */
  readonly writeStored: number
  /** CRC-32 and SHA-256 of decoded pixels. */
  readonly hashDecoded: number
  /** CRC-32 of decoded pixels, SHA-256 of frames as stored. */
  readonly hashVerified: number
  /** SHA-256 of frames as stored. */
  readonly hashStored: number
}

const decodedByteLength = 512 * 512 * 2

/** Measures the bare programs on a CT series. */
export async function measureCtFloors(
  { slices, storedByteLength, framesFile }: FramesToMeasure,
  {
    folder,
    server,
    results,
  }: { readonly folder: string; readonly server: ServerProcess; readonly results: ResultCollector },
): Promise<CtFloors> {
  const writeFolder = join(folder, 'write')

  async function measure(title: string, program: string, parameters: readonly (string | number)[]): Promise<number> {
    const script = new URL(`${program}.ts`, import.meta.url)
    const { workCpuSeconds } = await measureCommand(script, parameters.map(String))
    results.addFloor(title, workCpuSeconds)
    return workCpuSeconds
  }

  const serverBefore = await server.cpuSeconds()
  const fetch = await measure('bare keep-alive fetch, client', 'bare-fetch', [framesFile])
  const fetchServer = (await server.cpuSeconds()) - serverBefore
  results.addFloor('bare keep-alive fetch, server', fetchServer)
  const writes = [writeFolder, slices]
  return {
    fetch,
    fetchServer,
    decode: await measure('bare decode', 'bare-decode', [framesFile]),
    writeDecoded: await measure('bare write, decoded', 'bare-write', [...writes, decodedByteLength]),
    writeStored: await measure('bare write, stored', 'bare-write', [...writes, storedByteLength]),
    hashDecoded: await measure('bare CRC-32 and SHA-256 of decoded', 'bare-hash', [
      slices,
      decodedByteLength,
      decodedByteLength,
    ]),
    hashVerified: await measure('bare CRC-32 of decoded, SHA-256 of stored', 'bare-hash', [
      slices,
      decodedByteLength,
      storedByteLength,
    ]),
    hashStored: await measure('bare SHA-256 of stored', 'bare-hash', [slices, 0, storedByteLength]),
  }
}

/** Files of an export: pixels decoded, frames as stored, or these without verification. */
export type ExportKind = 'explicit' | 'stored' | 'unverified'

/** Returns the CPU seconds of the work that each kind of export cannot leave out, without the server's. */
export function clientFloors(floors: CtFloors): Readonly<Record<ExportKind, number>> {
  const { fetch, decode, writeDecoded, writeStored, hashDecoded, hashVerified, hashStored } = floors
  return {
    explicit: fetch + decode + writeDecoded + hashDecoded,
    stored: fetch + decode + writeStored + hashVerified,
    unverified: fetch + writeStored + hashStored,
  }
}
