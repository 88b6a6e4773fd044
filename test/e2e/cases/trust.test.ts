// How memory comes about and what it does: what a person teaches in passing, and what stands behind an answer.
import './teaching.cases.ts';
import './receipts.cases.ts';
