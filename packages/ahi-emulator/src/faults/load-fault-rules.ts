import { readFile } from 'node:fs/promises'
import { FaultRulesError } from '../errors.ts'
import { parseFaultRules, type FaultRules } from './fault-rules.ts'

/**
 * Reads fault rules from a JSON file.
 * @throws {FaultRulesError} if the file cannot be read, or its rules are invalid
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { loadFaultRules, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await writeFile('faults.json', '{ "rules": [{ "fault": { "kind": "latency", "ms": 20 } }] }')
 * await using ahi = await startEmulator({ faults: await loadFaultRules('faults.json') })
 */
export async function loadFaultRules(path: string): Promise<FaultRules> {
  try {
    return parseFaultRules(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const why = cause instanceof FaultRulesError ? cause.reason : cause instanceof Error ? cause.message : String(cause)
    throw new FaultRulesError(why, { path, cause })
  }
}
