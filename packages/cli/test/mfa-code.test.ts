import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askMfaCode } from '../src/mfa-code.ts'
import { hostDouble } from './support/host-double.ts'

/** Standard input of a terminal. Remembers whether it echoes. */
function terminalInput(): PassThrough & { isRaw: boolean } {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (isRaw: boolean) => {
      input.isRaw = isRaw
      return input
    },
  })
  return input
}

const never = new AbortController().signal

test('asks for a code on standard error, and shows nothing of it', async () => {
  const stdin = terminalInput()
  let said = ''
  const terminal = { ...hostDouble().terminal, stdin, message: (text: string) => void (said += text) }
  const code = askMfaCode('arn:aws:iam::1:mfa/me', terminal, never)
  expect(stdin.isRaw).toBe(true)
  stdin.write('123456\r')
  expect(await code).toBe('123456')
  expect(said).toBe('code of the MFA device arn:aws:iam::1:mfa/me: \n')
  expect(stdin.isRaw).toBe(false)
})

test('ends at an interrupt', async () => {
  const interrupt = new AbortController()
  const terminal = { ...hostDouble().terminal, stdin: terminalInput() }
  const code = askMfaCode('serial', terminal, interrupt.signal)
  interrupt.abort(new Error('interrupted'))
  await expect(code).rejects.toThrow('interrupted')
})

test('fails where nobody can be asked', async () => {
  await expect(askMfaCode('serial', hostDouble().terminal, never)).rejects.toThrow(
    'the role needs a code of the MFA device serial, but standard input is not a terminal',
  )
})
