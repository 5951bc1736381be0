/** Afterimage inside another program: a server on a data folder, started and stopped by you. */
export { createApp } from './app.ts'
export type { App, AppOverrides } from './app.ts'
export { readConfig } from './config.ts'
export type { Config, Environment, Flags } from './config.ts'
export { AfterimageError } from './core/errors.ts'
export type { Engine } from './core/engine.ts'
export type { Access } from './app/first-start.ts'
