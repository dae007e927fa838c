import { visit } from "./visit.js";

visit("/shop.book.fbk");
