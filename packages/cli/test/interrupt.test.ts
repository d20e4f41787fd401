import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { InterruptedError } from '../src/errors.ts'
import { watchInterrupts } from '../src/interrupt.ts'

function watch(): {
  source: EventEmitter
  time: { now: number }
  told: string[]
  interrupts: ReturnType<typeof watchInterrupts>
} {
  const source = new EventEmitter()
  const time = { now: 0 }
  const told: string[] = []
  const interrupts = watchInterrupts(source, {
    onFirst: () => told.push('first'),
    onSecond: () => told.push('second'),
    now: () => time.now,
  })
  return { source, time, told, interrupts }
}

test('the first interrupt aborts, the second ends', () => {
  const { source, time, told, interrupts } = watch()
  source.emit('SIGINT', 'SIGINT')
  expect(interrupts.signal.reason).toBeInstanceOf(InterruptedError)
  time.now = 1000
  source.emit('SIGTERM', 'SIGTERM')
  expect(told).toEqual(['first', 'second'])
})

test('a signal that npm passes on a second time counts once', () => {
  const { source, time, told } = watch()
  source.emit('SIGINT', 'SIGINT')
  time.now = 50
  source.emit('SIGINT', 'SIGINT')
  expect(told).toEqual(['first'])
})

test('stops listening when disposed of', () => {
  const { source, interrupts } = watch()
  interrupts[Symbol.dispose]()
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0)
})
