import { parentPort } from 'node:worker_threads'

/** Stands for a statistic that does not end. */
parentPort!.postMessage({ at: 'a loop' })
for (let i = 0; i >= 0; i = (i + 1) % 7);
