/** The page of `npm run classroom`. */
import { render } from 'preact';
import '../../../src/styles.css';
import '../teaching.css';
import './classroom.css';
import { ClassroomPage } from './page.js';

const root = document.getElementById('app');
if (root !== null) render(<ClassroomPage />, root);
