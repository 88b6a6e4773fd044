// Tells zod, before any schema is made, that this page's CSP forbids `new Function`. Import it before anything that makes one.
import * as z from 'zod/mini';

z.config({ jitless: true });
