@echo off
rem The postern command of an installed Postern: the app's own program, run as Node.
setlocal
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\Postern.exe" "%~dp0..\resources\app.asar\dist\postern.cjs" %*
exit /b %ERRORLEVEL%
