// The worker thread that reads one page: what a hostile page does to a parser stays here.
import { parentPort, workerData } from 'node:worker_threads';
import { type PageBytes, readPage } from './read-page.ts';

parentPort?.postMessage(readPage(workerData as PageBytes));
