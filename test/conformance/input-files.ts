import { generateStudy } from '@ahi-dicom/ahi-emulator'
import type { ClientName } from './clients/client.ts'

/** Each client has its own study: a CT of two slices, an ultrasound loop, and a report. */
const SEEDS: Readonly<Record<ClientName, number>> = { 'aws-cli': 701, boto3: 702, javascript: 703 }

/** The patient of a client's study. */
export function patientIdOf(client: ClientName): string {
  return `PHANTOM-${SEEDS[client]}`
}

/** The files that a client imports. */
export function inputFiles(client: ClientName): { readonly name: string; readonly bytes: Uint8Array }[] {
  return Array.from(generateStudy({ seed: SEEDS[client], ctSlices: 2, ultrasoundFrames: 2 }), ({ name, data }) => ({
    name,
    bytes: data,
  }))
}
