import type { OperationRequest } from '../server/operation.ts'

/** Where the client reached the emulator, for URLs in answers. */
export function originOf({ headers }: Pick<OperationRequest, 'headers'>): string {
  return `http://${headers.host ?? 'localhost'}`
}
