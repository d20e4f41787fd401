import { ServiceFailure } from '../errors/service-failure.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'

/** The reason and the advice for an answer that is not from AHI. */
interface ForeignAnswer {
  readonly reason: string
  readonly advice: string
}

/** Returns why an answer is not from AHI, such as the page of a captive portal. `undefined` if it may be from AHI. */
export function foreignAnswer(answer: HttpAnswer): ForeignAnswer | undefined {
  return foreignAnswerTo(answer, 'AHI')
}

/** As {@link foreignAnswer}, for a service that issues credentials. XML is accepted, because STS answers with it. */
export function foreignToIdentityService(answer: HttpAnswer, host: string): ForeignAnswer | undefined {
  return answer.headers['content-type']?.includes('xml') === true ? undefined : foreignAnswerTo(answer, host)
}

function foreignAnswerTo({ statusCode, headers, body }: HttpAnswer, service: string): ForeignAnswer | undefined {
  if (statusCode >= 300 && statusCode < 400) {
    return {
      reason: `the service answered ${statusCode}; it redirects to another address, which is never followed`,
      advice: `check the endpoint and the region, and ${checkNetwork}`,
    }
  }
  const form = /\b(html|xml)\b/.exec(headers['content-type'] ?? '')?.[1]
  if (form === undefined || !beginsWithTag(body)) return undefined
  const kind = form === 'html' ? 'a web page' : 'XML, as from Amazon S3,'
  return {
    reason: `${kind} came instead of an answer of ${service} (${statusCode})`,
    advice: `check the endpoint, and ${checkNetwork}`,
  }
}

const checkNetwork = 'whether a proxy, a firewall or a sign-in page of this network answers for it'

/** True if the body begins with `<`. A frame may begin with this byte too, but it has another media type. */
function beginsWithTag(body: Uint8Array): boolean {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 256)).toString('latin1')
  return /^(\xef\xbb\xbf)?\s*</.test(start)
}

/** Throws if an answer with status 200 is not from AHI. The request is repeated, because the page may be temporary. */
export function checkOfAhi(answer: HttpAnswer): void {
  const foreign = foreignAnswer(answer)
  if (foreign === undefined) return
  const { reason, advice } = foreign
  const { statusCode } = answer
  throw new ServiceFailure('AHI_RESPONSE', reason, { statusCode, advice, retryable: true, isMisdirected: true })
}
