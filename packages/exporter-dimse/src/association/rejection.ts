import type { AssociateReject } from '../pdu/pdu.ts'
import { AssociationError } from './association-error.ts'
import type { Peer } from './peer.ts'

/** Returns why a peer rejected an association, and what to do (PS3.8 Table 9-21). */
export function rejectionError(rejection: AssociateReject, peer: Peer): AssociationError {
  const why = explanationOf(rejection, peer)
  const isPermanent = rejection.result === 1 && rejection.source !== presentationSource
  return new AssociationError(isPermanent ? 'refused' : 'busy', why)
}

const userSource = 1
const presentationSource = 3

function explanationOf({ result, source, reason }: AssociateReject, { calledAeTitle, callingAeTitle }: Peer): string {
  if (source === userSource && reason === 7) {
    return `the peer does not answer as AE title "${calledAeTitle}"; correct the called AE title`
  }
  if (source === userSource && reason === 3) {
    return `the peer does not know AE title "${callingAeTitle}"; add it at the peer, or use an AE title that it knows`
  }
  if (source === userSource && reason === 2) return 'the peer does not know the application context of DICOM'
  if (source === presentationSource && reason === 1) return 'the peer is congested; try again later'
  if (source === presentationSource && reason === 2) {
    return 'the peer accepts no further associations; allow more there, or use fewer `associations`'
  }
  const names = `result ${result}, source ${source}, reason ${reason}`
  return `the peer rejects associations without a reason (${names}); read its log, and check the AE titles`
}
